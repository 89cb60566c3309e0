// Builds the pages and the service worker, which needs a fixed file name.
export default {
  build: {
    rollupOptions: {
      input: ["module.html", "shared.html", "service.html", "sw.js"],
      output: { entryFileNames: "[name].js" },
    },
  },
}
