// What the adapter needs of Vue, so that the built file imports it once.
export {
  computed,
  customRef,
  effectScope,
  Fragment,
  getCurrentInstance,
  getCurrentScope,
  h,
  hasInjectionContext,
  inject,
  nextTick,
  onActivated,
  onDeactivated,
  onScopeDispose,
  provide,
  shallowRef,
  ssrContextKey,
} from "vue"
