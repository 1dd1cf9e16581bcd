// An Express server on the directory sync of saml-jackson, in memory.  The library has the SCIM
// logic; the routes, the token and the headers are the application's.
import { controllers } from "@boxyhq/saml-jackson";
import express from "express";

const port = Number(process.argv[2]);
const { directorySyncController: sync } = await controllers({
    externalUrl: `http://127.0.0.1:${port}`,
    samlPath: "/saml",
    scimPath: "/scim/v2",
    db: { engine: "mem" },
    dsync: { callback: async () => {} },
    noAnalytics: true,
});
const { data: directory } = await sync.directories.create({ tenant: "judge", product: "judge" });

/** The secret of the directory for whoever has the token of this run, else what was sent. */
function secretOf(request) {
    const sent = (request.header("Authorization") ?? "").replace(/^Bearer /, "");
    return sent === process.env.SCIM_TOKEN ? directory.scim.secret : sent;
}

function numberOf(text) {
    return text ? Number.parseInt(text, 10) : undefined;
}

function answer(response, status, data) {
    if (status === 401) response.set("WWW-Authenticate", "Bearer");
    response.status(status).type("application/scim+json").send(JSON.stringify(data));
}

function failure(response, status, detail) {
    const schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
    answer(response, status, { schemas, status: String(status), detail });
}

const app = express().disable("etag");
app.use(express.json({ type: ["application/scim+json", "application/json"] }));
app.all(["/scim/v2/:type", "/scim/v2/:type/:id"], async (request, response) => {
    const { status, data } = await sync.requests.handle({
        method: request.method,
        body: request.body,
        directoryId: directory.id,
        resourceType: request.params.type,
        resourceId: request.params.id,
        apiSecret: secretOf(request),
        query: {
            count: numberOf(request.query.count),
            startIndex: numberOf(request.query.startIndex),
            filter: request.query.filter,
        },
    });
    if (status === 404 && !data.schemas) failure(response, 404, "There is no such endpoint");
    else answer(response, status, data);
});
app.use((request, response) => failure(response, 404, "There is no such endpoint"));
app.use((error, request, response, next) => failure(response, error.status ?? 500, error.message));
app.listen(port, "127.0.0.1");
