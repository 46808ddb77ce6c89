// Asks the same questions of one search engine, each as a reader's first, and prints what goes over the wire for it and
// its first ten results: JSON on standard output. A text goes gzipped, as servers send it; what is packed goes as it is.
//
//   node search.mjs ours <site> <search.js> <queries.json>
//   node search.mjs pagefind <output> <queries.json>
//   node search.mjs minisearch <documents.json> <queries.json> <folder of the package>
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import vm from "node:vm";
import { gzipSync } from "node:zlib";

const [engine, folder, ...rest] = process.argv.slice(2);
const wire = new Map();
const TEXT = /\.(js|json)$/;

function read(path) {
  const body = readFileSync(path);
  wire.set(path, TEXT.test(path) ? gzipSync(body).length : body.length);
  return body;
}

const sum = () => [...wire.values()].reduce((all, bytes) => all + bytes, 0);

async function ours(queries) {
  const [script] = rest;
  vm.runInThisContext(readFileSync(script, "utf8") + "\nglobalThis.Search = Index;");
  const load = async (path) => {
    const body = read(join(folder, path));
    return {
      json: async () => JSON.parse(body),
      arrayBuffer: async () => body.buffer.slice(body.byteOffset, body.byteOffset + body.length),
    };
  };
  const found = [];
  for (const query of queries) {
    wire.clear();
    read(script);
    const index = new Search(load);
    await index.open();
    const { numbers } = await index.find(query, [], false);
    const stories = await Promise.all(numbers.slice(0, 10).map((number) => index.story(number)));
    found.push({ bytes: sum(), requests: wire.size, paths: stories.map(({ path }) => path) });
  }
  return found;
}

async function pagefind(queries) {
  globalThis.fetch = async (url) => {
    const path = fileURLToPath(new URL(url).href.split("?")[0]);
    return existsSync(path) ? new Response(read(path)) : new Response("", { status: 404 });
  };
  const found = [];
  for (const query of queries) {
    wire.clear();
    const script = join(folder, "pagefind.js");
    read(script);
    const base = pathToFileURL(folder + "/").href;
    const { createInstance } = await import(pathToFileURL(script).href);
    const instance = createInstance({ basePath: base, baseUrl: "/" });
    await instance.init("en", {});
    const { results } = await instance.search(query);
    const shown = await Promise.all(results.slice(0, 10).map((each) => each.data()));
    found.push({ bytes: sum(), requests: wire.size, paths: shown.map(({ url }) => url.replace(/^\//, "")) });
  }
  return found;
}

async function minisearch(queries) {
  const [, packages] = rest;
  const { default: MiniSearch } = await import(pathToFileURL(join(packages, "minisearch/dist/es/index.js")).href);
  const documents = JSON.parse(readFileSync(folder, "utf8"));
  const began = process.cpuUsage();
  const index = new MiniSearch({ fields: ["headline", "hook", "text"], storeFields: ["path", "headline", "hook", "day", "origins"] });
  index.addAll(documents);
  const text = JSON.stringify(index);
  const used = process.cpuUsage(began);
  const bytes = gzipSync(text).length + gzipSync(readFileSync(join(packages, "minisearch/dist/umd/index.js"))).length;
  const paths = queries.map((query) => index.search(query, { combineWith: "AND" }).slice(0, 10).map(({ path }) => path));
  return { cpu_s: (used.user + used.system) / 1e6, found: paths.map((each) => ({ bytes, requests: 2, paths: each })) };
}

const queries = JSON.parse(readFileSync(rest[engine === "ours" ? 1 : 0], "utf8"));
console.log(JSON.stringify(await { ours, pagefind, minisearch }[engine](queries)));
