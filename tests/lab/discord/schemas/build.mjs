// Writes the JSON Schemas of all request bodies to .cache/schemas/discord.json at the top of the repository:
// {"$defs": {name: schema}, "routes": {"POST /path": schema of its body}, "queries": {"GET /path": [parameter names]}}.
//
// The package has a zod schema per named type; which type a route takes stands only in its TypeScript declarations,
// so their `requestBody` is read from there.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import * as spec from "discord-api-spec/zod";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../../../../.cache/schemas/discord.json");

const registry = z.registry();
for (const [name, schema] of Object.entries(spec)) {
  if (name.endsWith("Schema")) registry.add(schema, { id: name.slice(0, -"Schema".length) });
}
const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/$defs/${id}`, unrepresentable: "any" });
for (const schema of Object.values(schemas)) {
  delete schema.$schema;
  delete schema.$id;
}

// A reader for the few shapes of TypeScript the declarations use: names, literals, unions, arrays and object types.
const tokens = (text) => text.replace(/\/\*[\s\S]*?\*\//g, "").match(/"[^"]*"|[A-Za-z_$][\w$]*|-?\d+|[{}()[\]|;:?]/g);

function reader(list) {
  let at = 0;
  const take = (expected) => {
    const token = list[at++];
    if (expected && token !== expected) throw new Error(`${expected} expected, found ${token}`);
    return token;
  };
  const union = () => {
    if (list[at] === "|") take();
    const members = [array()];
    while (list[at] === "|") {
      take();
      members.push(array());
    }
    return members.length === 1 ? members[0] : { anyOf: members };
  };
  const array = () => {
    let type = single();
    while (list[at] === "[" && list[at + 1] === "]") {
      at += 2;
      type = { type: "array", items: type };
    }
    return type;
  };
  const single = () => {
    const token = take();
    if (token === "(") {
      const inner = union();
      take(")");
      return inner;
    }
    if (token === "{") return object();
    if (["string", "number", "boolean", "null"].includes(token)) return { type: token };
    if (token === "unknown") return {};
    if (token === "undefined" || token === "never") return false;
    if (/^["\d-]/.test(token)) return { const: JSON.parse(token) };
    if (!(token in schemas)) throw new Error(`no schema is named ${token}`);
    return { $ref: `#/$defs/${token}` };
  };
  const object = () => {
    const made = { type: "object", properties: {}, required: [], additionalProperties: false };
    while (list[at] !== "}") {
      if (list[at] === "[") {
        while (take() !== "]");
        take(":");
        made.additionalProperties = union();
      } else {
        const name = take().replaceAll('"', "");
        if (list[at] === "?") take();
        else made.required.push(name);
        take(":");
        made.properties[name] = union();
      }
      if (list[at] === ";") take();
    }
    take("}");
    return made;
  };
  return union;
}

const declared = readFileSync(join(here, "node_modules/discord-api-spec/build/discord-api-spec.ts"), "utf8");
const start = declared.indexOf("export interface Paths {");
const lines = declared.slice(start, declared.indexOf("\n}\n", start)).split("\n");
const routes = {};
const queries = {};
let path = "";
let method = "";
for (let index = 0; index < lines.length; index++) {
  const line = lines[index];
  path = line.match(/^ {2}"([^"]+)": \{$/)?.[1] ?? path;
  const verb = line.match(/^ {4}(get|put|post|patch|delete): \{$/)?.[1];
  if (verb) {
    method = verb.toUpperCase();
    queries[`${method} ${path}`] = [];
  }
  if (line === "        query?: {") {
    for (let next = index + 1; lines[next] !== "        };"; next++) {
      const name = lines[next].match(/^ {10}(\w+)\??:/)?.[1];
      if (name) queries[`${method} ${path}`].push(name);
    }
  }
  if (line.startsWith("      requestBody?:")) {
    let end = index + 1;
    while (!lines[end].startsWith("      responses: ")) end++;
    const type = lines.slice(index, end).join("\n").replace(/^\s*requestBody\?:/, "");
    const schema = reader(tokens(type))();
    if (schema !== false) routes[`${method} ${path}`] = schema;
  }
}

mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, JSON.stringify({ $defs: schemas, routes, queries }));
console.log(`${Object.keys(schemas).length} types, ${Object.keys(queries).length} routes, ${Object.keys(routes).length} with a body`);
