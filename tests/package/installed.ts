// The packed tarball, installed in an empty folder as a user would, and the README's code blocks put beside it.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { root, run } from "../support/process"

export interface Installed {
  folder: string
  /** Paths in the tarball. */
  files: string[]
  dispose(): Promise<void>
}

async function npm(args: string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await run("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd })
  if (code !== 0) throw new Error(`npm ${args.join(" ")} failed:\n${stderr}`)
  return stdout
}

/** Packs the project and installs the tarball, with `beside` (packages) next to it. */
export async function installPacked(beside: string[]): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), "raclette-package-"))
  const packed = await npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root)
  const tarball = (JSON.parse(packed) as { filename: string; files: { path: string }[] }[])[0]
  if (!tarball) throw new Error(`npm pack said nothing of a tarball: ${packed}`)
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }))
  await npm(["install", `./${tarball.filename}`, ...beside], folder)
  return {
    folder,
    files: tarball.files.map(({ path }) => path),
    dispose: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The README's first code block of a language. */
export async function readmeBlock(language: string): Promise<string> {
  const readme = await readFile(join(root, "README.md"), "utf8")
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "ms").exec(readme)?.[1]
  if (block === undefined) throw new Error(`README.md has no ${language} block`)
  return block
}
