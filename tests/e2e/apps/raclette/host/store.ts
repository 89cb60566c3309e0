// `$store` of the host: one observable state tree, read by path. Widgets may set parts of it. Each widget has
// its own state, named after its plugin.
import { computed, type Ref, reactive } from "vue"

type State = Record<string, unknown>

export interface Store {
  /** The value at `path`, observable. */
  get(path: string[]): Ref<unknown>
  getUiState(): Ref<State>
  setUiState(change: State): void
  getWidgetState(): Ref<State>
  setWidgetState(state: State): void
}

export interface UiState extends State {
  language: string
}

const tree = reactive({ ui: { language: "en" } as UiState, widgets: {} as Record<string, State> })

function at(path: string[]): unknown {
  return path.reduce<unknown>((branch, name) => (branch as State | undefined)?.[name], tree)
}

/** The store for the widgets of `owner`. */
export function storeOf(owner: string): Store {
  const get = (path: string[]) => computed(() => at(path))
  return {
    get,
    getUiState: () => get(["ui"]) as Ref<State>,
    setUiState: (change) => void Object.assign(tree.ui, change),
    getWidgetState: () => computed(() => tree.widgets[owner] ?? {}),
    setWidgetState(state) {
      tree.widgets[owner] = state
    },
  }
}
