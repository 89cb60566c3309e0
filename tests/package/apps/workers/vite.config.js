// The pages, and the service worker, whose address has to stay what it is.
export default {
  build: {
    rollupOptions: {
      input: ["module.html", "shared.html", "service.html", "sw.js"],
      output: { entryFileNames: "[name].js" },
    },
  },
}
