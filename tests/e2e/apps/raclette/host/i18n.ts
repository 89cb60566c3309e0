// `$i18n` of the host: a plugin's texts in the page's language, else in English, else the key.
import type { Store } from "./store"

export interface I18n {
  t(key: string): string
}

/** The texts of one plugin, by language. */
export function i18nOf(texts: Record<string, Record<string, string>>, store: Store): I18n {
  const ui = store.getUiState()
  return { t: (key) => texts[String(ui.value.language)]?.[key] ?? texts.en?.[key] ?? key }
}
