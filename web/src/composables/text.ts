// Text that is made of other people's text.

/** Keeps a text that is written from right to left from moving what stands around it. */
export const isolate = (text: string) => `\u2068${text}\u2069`

/** A name within a sentence. */
export const quote = (name: string) => `“${isolate(name)}”`
