// Shows the messages of a worker.
export function show({ data: { text, isFile } }) {
  document.body.textContent = text
  document.body.dataset.loaded = isFile ? "file" : "embedded"
}
