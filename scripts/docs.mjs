// The site of the documentation: `npm run docs` writes the API reference from the doc comments (TypeDoc), builds the pages
// (VitePress) into build/docs, and checks every link of what it built, headings included. `npm run docs:dev` serves the pages
// while they are edited; `npm run test:docs` builds the site and runs tests/docs in a browser. Addresses outside of the site are not opened.
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { pathToFileURL } from "node:url"
import { build } from "./build.mjs"
import { root, setup } from "./setup.mjs"

const site = join(root, "build/docs")

/** Writes build/api, a page for each entry of the package. Throws if a doc comment does not resolve. */
export async function writeReference() {
  const { modules, apiFolder } = await pages()
  const { Application } = await import("typedoc")
  const app = await Application.bootstrapWithPlugins({
    plugin: ["typedoc-plugin-markdown"],
    tsconfig: join(root, "tsconfig.build.json"),
    entryPoints: Object.keys(modules).map(
      (name) => `js-glue/${name === "vite" || name === "index" ? name : `${name}/index`}.ts`,
    ),
    out: join(root, apiFolder),
    router: "module",
    readme: "none",
    excludeInternal: true,
    disableSources: true,
    githubPages: false,
    // Helper types of a signature need no page of their own.
    validation: { notExported: false, invalidLink: true },
    treatValidationWarningsAsErrors: true,
    logLevel: "Warn",
    hidePageHeader: true,
    hideBreadcrumbs: true,
    entryFileName: "modules",
    parametersFormat: "table",
    propertiesFormat: "table",
    interfacePropertiesFormat: "table",
    typeAliasPropertiesFormat: "table",
    typeDeclarationFormat: "table",
    enumMembersFormat: "table",
    sanitizeComments: true,
    pageTitleTemplates: { module: ({ name }) => modules[name] ?? name },
  })
  const project = await app.convert()
  if (project === undefined) throw new Error("TypeDoc could not read the sources: see its messages above.")
  app.validate(project)
  rmSync(join(root, apiFolder), { recursive: true, force: true })
  await app.generateOutputs(project)
  if (app.logger.hasErrors()) throw new Error("The API reference has errors: see TypeDoc's messages above.")
}

/** Which file is which page; the site's configuration is TypeScript. */
async function pages() {
  const { tsImport } = await import("tsx/esm/api")
  return tsImport("../docs/.vitepress/pages.ts", import.meta.url)
}

/** Runs a program of node_modules; throws if it fails. */
function run(program, ...args) {
  const { status } = spawnSync(process.execPath, [join(root, program), ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  })
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed: see its messages above.`)
}

const vitepress = (command) => run("node_modules/vitepress/bin/vitepress.js", command, "docs")

const decode = (text) =>
  decodeURIComponent(text.replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&#39;", "'"))

/** The links of a folder of HTML pages that lead nowhere: `page: link`. */
export function brokenLinks(folder) {
  const files = readdirSync(folder, { recursive: true }).map((file) => join(folder, file))
  const pages = new Map()
  for (const file of files.filter((file) => file.endsWith(".html"))) {
    const html = readFileSync(file, "utf8").replace(/<script\b[^>]*>[\s\S]*?<\/script>/g, "")
    const values = (name) =>
      [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, "g"))].map(([, value]) => decode(value))
    pages.set(file, { ids: new Set(values("id")), links: [...values("href"), ...values("src")] })
  }
  const isThere = (from, link) => {
    if (/^(https?|mailto|data):/.test(link)) return URL.canParse(link)
    const [path, hash] = link.split("#")
    const target = path === "" ? from : path.startsWith("/") ? join(folder, path) : join(dirname(from), path)
    const file = [target, `${target}.html`, join(target, "index.html")].find(
      (name) => /\.\w+$/.test(name) && existsSync(name),
    )
    if (file === undefined) return false
    return !hash || !pages.has(file) || pages.get(file).ids.has(hash)
  }
  return [...pages].flatMap(([file, { links }]) =>
    links.filter((link) => !isThere(file, link)).map((link) => `${relative(folder, file)}: ${link}`),
  )
}

/** Builds the site and checks it. Throws if a link leads nowhere. */
export async function buildSite() {
  await build(["wasm", "binding"])
  await writeReference()
  vitepress("build")
  const broken = [...new Set(brokenLinks(site))]
  if (broken.length > 0) throw new Error(`Links that lead nowhere:\n${broken.join("\n")}`)
}

/** Serves the pages and follows their edits, until it is stopped. */
async function serveSite() {
  await build(["wasm", "binding"])
  await writeReference()
  vitepress("dev")
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [command] = process.argv.slice(2)
  setup(command === "test" ? ["start", "e2e"] : ["start"])
  if (command === "dev") await serveSite()
  else await buildSite()
  if (command === "test") run("node_modules/@playwright/test/cli.js", "test", "-c", "tests/docs/playwright.config.ts")
}
