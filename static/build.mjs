// Bundles styles and scripts, makes the icon sprite, and copies the faces for PDF. Run by `make assets`.
import { build } from "esbuild";
import { readFileSync, writeFileSync, mkdirSync, readdirSync, copyFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const out = join(here, "dist");
mkdirSync(join(out, "fonts"), { recursive: true });

const files = (folder, ending) => readdirSync(join(here, "src", folder)).filter((n) => n.endsWith(ending)).sort();
const css = ['@import "./app.css";', ...files("components", ".css").map((n) => `@import "./components/${n}";`)].join("\n");
const js = ['import "./app.js";', ...files("behaviours", ".js").map((n) => `import "./behaviours/${n}";`)].join("\n");
const common = { bundle: true, minify: true, legalComments: "linked", logLevel: "warning", target: ["es2022"] };
await build({ ...common, stdin: { contents: css, resolveDir: join(here, "src"), loader: "css" }, outfile: join(out, "app.css") });
await build({ ...common, stdin: { contents: js, resolveDir: join(here, "src"), loader: "js" }, outfile: join(out, "app.js") });
for (const name of ["theme-first.js", "keep.js", "favicon.svg"]) copyFileSync(join(here, "src", name), join(out, name));

const names = readFileSync(join(here, "src", "icons.txt"), "utf8").split(/\s+/).filter(Boolean);
const symbols = names.map((name) => {
  const path = join(root, "node_modules/@tabler/icons/icons/outline", `${name}.svg`);
  if (!existsSync(path)) throw new Error(`there is no icon called ${name}`);
  const inner = readFileSync(path, "utf8").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner.trim()}</symbol>`;
});
writeFileSync(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);

const faces = join(root, "node_modules/@expo-google-fonts/biz-udpgothic");
for (const [folder, file] of [["400Regular", "BIZUDPGothic_400Regular.ttf"], ["700Bold", "BIZUDPGothic_700Bold.ttf"]]) {
  copyFileSync(join(faces, folder, file), join(out, "fonts", file));
}
