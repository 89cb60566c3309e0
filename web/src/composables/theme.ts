// The light or dark theme. Follows the system until the user chooses one; the choice is stored in this browser. The
// theme is only an attribute of the root element: style sheets do the rest.
import { computed, readonly, ref } from "vue"
import { browserStorage } from "./storage"

export type Theme = "light" | "dark"

const KEY = "raclette-demo-theme"
const system = matchMedia("(prefers-color-scheme: dark)")
const systemTheme = (): Theme => (system.matches ? "dark" : "light")

function chosenTheme(): Theme | undefined {
  const stored = browserStorage.read(KEY)
  return stored === "light" || stored === "dark" ? stored : undefined
}

const theme = ref<Theme>(chosenTheme() ?? systemTheme())

function show(next: Theme): void {
  theme.value = next
  document.documentElement.dataset.theme = next
}

/** Applies the theme, and follows the system until the user chooses one. */
export function applyTheme(): void {
  show(theme.value)
  system.addEventListener("change", () => {
    if (chosenTheme() === undefined) show(systemTheme())
  })
}

export function useTheme() {
  const other = computed<Theme>(() => (theme.value === "dark" ? "light" : "dark"))
  const toggle = () => {
    browserStorage.write(KEY, other.value)
    show(other.value)
  }
  return { theme: readonly(theme), other, toggle }
}
