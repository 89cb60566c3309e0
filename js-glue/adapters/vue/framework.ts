// What the adapter needs of Vue, so that the built file imports it once.
export {
  computed,
  customRef,
  effectScope,
  getCurrentInstance,
  getCurrentScope,
  hasInjectionContext,
  inject,
  nextTick,
  onActivated,
  onDeactivated,
  onScopeDispose,
  shallowRef,
  ssrContextKey,
} from "vue"
