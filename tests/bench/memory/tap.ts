// Finds the core's memory from outside by recording every WebAssembly instantiation, since the compiled core does not
// expose its memory.

const memories: WebAssembly.Memory[] = []

function remember(instance: WebAssembly.Instance): void {
  for (const value of Object.values(instance.exports)) if (value instanceof WebAssembly.Memory) memories.push(value)
}

const { instantiateStreaming } = WebAssembly
WebAssembly.instantiateStreaming = async (...args) => {
  const made = await instantiateStreaming(...args)
  remember(made.instance)
  return made
}

/** `size`: what the core has of the machine; `used`: up to the last byte of it that was ever written. */
export function coreMemory(): { size: number; used: number } {
  let [size, used] = [0, 0]
  for (const { buffer } of memories) {
    const words = new Uint32Array(buffer)
    let last = words.length
    while (last > 0 && words[last - 1] === 0) last--
    size += buffer.byteLength
    used += last * 4
  }
  return { size, used }
}
