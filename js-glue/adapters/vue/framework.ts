// The imports from Vue, collected so the built file has one import statement.
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
