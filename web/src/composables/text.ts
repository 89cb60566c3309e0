// Formatting of users' text within sentences.

/** Isolates the text's direction, so that right-to-left text does not reorder its surroundings. */
export const isolate = (text: string) => `\u2068${text}\u2069`

/** A name in quotation marks. */
export const quote = (name: string) => `“${isolate(name)}”`
