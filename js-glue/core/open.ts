// Instantiates a core from bytes or a compiled module.

export async function openGiven(
  place: BufferSource | WebAssembly.Module,
  imports: WebAssembly.Imports,
): Promise<WebAssembly.Instance> {
  if (place instanceof WebAssembly.Module) return WebAssembly.instantiate(place, imports)
  return (await WebAssembly.instantiate(place, imports)).instance
}
