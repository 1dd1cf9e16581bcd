// An Express server on scimmy and scimmy-routers, with the in-memory store that their
// documentation leaves to the application.  Nothing is wrong here on purpose.
import { randomUUID } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const token = process.env.SCIM_TOKEN;

/** Ingress, egress and degress of one resource type over a Map. */
function handlers(type, unique) {
    const store = new Map();
    return {
        egress: async (resource) => {
            const all = [...store.values()];
            if (resource.id) {
                const found = store.get(resource.id);
                if (!found) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
                return found;
            }
            return resource.filter ? resource.filter.match(all) : all;
        },
        ingress: async (resource, instance) => {
            const before = resource.id ? store.get(resource.id) : undefined;
            if (resource.id && !before) {
                throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
            }
            const id = resource.id ?? randomUUID();
            const name = String(instance[unique] ?? "").toLowerCase();
            for (const other of store.values()) {
                if (other.id !== id && String(other[unique]).toLowerCase() === name) {
                    throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} is already in use`);
                }
            }
            const now = new Date().toISOString();
            const kept = JSON.parse(JSON.stringify(instance));
            kept.id = id;
            const { meta: _, ...rest } = before ?? {};
            const { meta: __, ...wanted } = kept;
            const same = before && JSON.stringify(rest) === JSON.stringify(wanted);
            kept.meta = {
                resourceType: type,
                created: before?.meta.created ?? now,
                lastModified: same ? before.meta.lastModified : now,
            };
            store.set(id, kept);
            return kept;
        },
        degress: async (resource) => {
            if (!store.delete(resource.id)) {
                throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
            }
        },
    };
}

SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser), handlers("User", "userName"));
SCIMMY.Resources.declare(SCIMMY.Resources.Group, handlers("Group", "displayName"));

const app = express();
app.use("/scim/v2", new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
        if (request.header("Authorization") !== `Bearer ${token}`) throw new Error("Wrong token");
        return "";
    },
}));
const server = app.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
    console.log(`http://127.0.0.1:${server.address().port}/scim/v2`);
});
