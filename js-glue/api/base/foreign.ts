// Objects that have a member for any name, `$data` and `$socket` among them, are looked at by more than the user: the
// language, frameworks and tools ask any object for names of theirs, and take what they find for what they know.

/**
 * What the language (`then`, `toJSON`), the DOM and those who print a value (`nodeType`, `hasAttribute`, `inspect`, …), and
 * frameworks (`__v_isRef`, `effect`, `$$typeof`, `@@__IMMUTABLE_ITERABLE__@@`, …) ask for.
 */
const foreign =
  /^(__|_is|@@|\$|(_custom|asymmetricMatch|catch|effect|hasAttribute|inspect|nodeName|nodeType|render|tagName|then|toJSON)$)/

/** Whether `name` is none that a user means: a member of `target`, or of any object, or one that is asked for by others. */
export function isForeign(target: object, name: PropertyKey): name is symbol {
  return typeof name !== "string" || name in target || foreign.test(name)
}
