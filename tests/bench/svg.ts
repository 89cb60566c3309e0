// The SVG shapes that the charts need, in colors that are readable on light and dark backgrounds.

/** A logarithmic scale from [low, high] to [start, end]. Values outside are clamped. */
export function logScale(low: number, high: number, start: number, end: number): (value: number) => number {
  return (value) => {
    const within = Math.min(Math.max(value, low), high)
    const part = Math.log(within / low) / Math.log(high / low)
    return round(start + part * (end - start))
  }
}

/** The powers of ten from `low` to `high`. */
export function decades(low: number, high: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)]
  return Array.from({ length: last - first + 1 }, (_, i) => Number((10 ** (first + i)).toPrecision(1)))
}

type Attributes = Record<string, string | number>

/** One element. `content` is SVG, not text; see `text`. */
export function element(name: string, attributes: Attributes, content?: string): string {
  const all = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
  return content === undefined ? `<${name}${all.join("")}/>` : `<${name}${all.join("")}>${content}</${name}>`
}

/** Text at a place. */
export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, escaped(content))
}

/** A straight line. */
export function line(from: [number, number], to: [number, number], className: string): string {
  return element("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1], class: className })
}

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 15px; font-weight: 600 }
  .small { font-size: 10.5px; fill: #59636e }
  .grid { stroke: #d1d9e0; stroke-width: 1 }
  .one { stroke: #59636e; stroke-width: 1.5 }
  .good { fill: #1a7f37 }
  .bad { fill: #bc4c00 }
  .budget { stroke: #1f2328; stroke-width: 2.5 }
  .control { fill: none; stroke: #0969da; stroke-width: 2 }
  .line { fill: none; stroke-width: 1.6; stroke: #818b98 }
  .ours { stroke: #0969da; stroke-width: 2.6 }
  text.ours { stroke: none; fill: #0969da }
  .second { stroke-dasharray: 5 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .small { fill: #9198a1 }
    .grid { stroke: #3d444d }
    .one { stroke: #9198a1 }
    .good { fill: #3fb950 }
    .bad { fill: #f0883e }
    .budget { stroke: #f0f6fc }
    .control { stroke: #58a6ff }
    .ours { stroke: #58a6ff }
    text.ours { fill: #58a6ff }
  }`

/** A complete picture. `label` is its text for screen readers. */
export function picture(width: number, height: number, label: string, content: readonly string[]): string {
  const attributes = { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, role: "img" }
  const parts = [element("title", {}, escaped(label)), element("style", {}, STYLE), ...content]
  return `${element("svg", { ...attributes, width, height }, `\n${parts.join("\n")}\n`)}\n`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")
}
