// `$data` and `$socket` have a member for any name. The language, frameworks and tools also probe objects for names
// that mean something to them. Such names must not create members.

/**
 * Names that the language (`then`, `toJSON`), the DOM and printers (`nodeType`, `hasAttribute`, `inspect`, …) and
 * frameworks (`__v_isRef`, `effect`, `$$typeof`, `@@__IMMUTABLE_ITERABLE__@@`, …) probe for.
 */
const foreign =
  /^(__|_is|@@|\$|(_custom|asymmetricMatch|catch|effect|hasAttribute|inspect|nodeName|nodeType|render|tagName|then|toJSON)$)/

/** Whether no user means `name`: it is a member of `target` or of every object, or others probe for it. */
export function isForeign(target: object, name: PropertyKey): name is symbol {
  return typeof name !== "string" || name in target || foreign.test(name)
}
