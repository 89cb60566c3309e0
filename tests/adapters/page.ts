// A page in Node: the browser globals that frameworks need, from happy-dom. Tests open it before they load a framework,
// so that server tests have none.
import { Window } from "happy-dom"

const names = [
  ...["document", "navigator", "Node", "Event", "CustomEvent", "Text", "Comment", "Element"],
  ...["SVGElement", "HTMLElement", "HTMLIFrameElement", "HTMLMediaElement", "HTMLTemplateElement"],
]

export function openPage(): void {
  const window = new Window()
  const given = window as unknown as Record<string, unknown>
  const globals = [["window", window], ...names.map((name) => [name, given[name]])] as [string, unknown][]
  for (const [name, value] of globals) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
}
