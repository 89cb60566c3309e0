// Shows what a worker tells.
export function show({ data: { text, isFile } }) {
  document.body.textContent = text
  document.body.dataset.loaded = isFile ? "file" : "embedded"
}
