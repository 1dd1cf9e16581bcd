// better-auth with its SCIM plugin on Node's own HTTP server, in memory.
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getAuthTables } from "better-auth/db";
import { toNodeHandler } from "better-auth/node";
import { scim } from "@better-auth/scim";

const port = Number(process.argv[2]);
const options = {
    baseURL: `http://127.0.0.1:${port}`,
    secret: "only-for-this-run-and-nobody-signs-in-here",
    telemetry: { enabled: false },
    plugins: [
        scim({
            connections: [
                { id: "judge", credentials: [{ type: "bearer", id: "judge", token: process.env.SCIM_TOKEN }] },
            ],
        }),
    ],
};
const tables = Object.values(getAuthTables(options)).map((table) => [table.modelName, []]);
const auth = betterAuth({ ...options, database: memoryAdapter(Object.fromEntries(tables)) });
createServer(toNodeHandler(auth)).listen(port, "127.0.0.1");
