import { createHash } from "node:crypto";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

/** Writes into the service worker which files make up the app, and a version that changes with any of them. */
function shellList(): Plugin {
  return {
    name: "holdfast-shell-list",
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle).filter((name) => name.startsWith("assets/") && !name.endsWith(".map")).sort();
      const version = createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 12);
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") return;
      worker.code = worker.code
        .replace(/(["'`])__SHELL_FILES__\1/, JSON.stringify(JSON.stringify(files.map((name) => `/app/${name}`))))
        .replace(/(["'`])__SHELL_VERSION__\1/, JSON.stringify(version));
    },
  };
}

export default defineConfig({
  base: "/app/",
  plugins: [svelte(), shellList()],
  build: {
    outDir: "../src/holdfast/edge/public/app_files",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rollupOptions: {
      input: { app: "index.html", sw: "src/sw/sw.ts" },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8420", "/auth": "http://127.0.0.1:8420" } },
});
