// Light or dark. The system's wish holds until the reader chooses; the choice is kept in this browser. The theme is
// an attribute of the root element and nothing else, so the style sheets alone say what it looks like.
import { computed, readonly, ref } from "vue"
import { inBrowser } from "./storage"

export type Theme = "light" | "dark"

const KEY = "raclette-demo-theme"
const system = matchMedia("(prefers-color-scheme: dark)")
const systemTheme = (): Theme => (system.matches ? "dark" : "light")

function chosenTheme(): Theme | undefined {
  const kept = inBrowser.read(KEY)
  return kept === "light" || kept === "dark" ? kept : undefined
}

const theme = ref<Theme>(chosenTheme() ?? systemTheme())

function show(next: Theme): void {
  theme.value = next
  document.documentElement.dataset.theme = next
}

/** Shows the theme of now, and follows the system while the reader has not chosen. */
export function applyTheme(): void {
  show(theme.value)
  system.addEventListener("change", () => {
    if (chosenTheme() === undefined) show(systemTheme())
  })
}

export function useTheme() {
  const other = computed<Theme>(() => (theme.value === "dark" ? "light" : "dark"))
  const toggle = () => {
    inBrowser.write(KEY, other.value)
    show(other.value)
  }
  return { theme: readonly(theme), other, toggle }
}
