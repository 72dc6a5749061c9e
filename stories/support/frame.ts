/** The settings of the page of documents that frames this story, on its `<html>`; `undefined` in Storybook's own frame. */
export const settingsOfPage = window.frameElement?.ownerDocument.documentElement.dataset.settings

/** A story in a frame of a page leaves focus and scrolling to the page's reader, until they come into it. */
export function waitForReader(): void {
  if (settingsOfPage === undefined) return
  let isHere = false
  for (const sign of ['pointerdown', 'focusin'])
    window.addEventListener(
      sign,
      ({ isTrusted }) => {
        isHere ||= isTrusted
      },
      true,
    )
  const { focus, scrollIntoView } = HTMLElement.prototype
  HTMLElement.prototype.focus = function (options) {
    if (isHere) focus.call(this, options)
  }
  HTMLElement.prototype.scrollIntoView = function (options) {
    if (isHere) scrollIntoView.call(this, options)
  }
}
