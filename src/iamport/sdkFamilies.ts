/** What differs between the SDK's generations. */
export interface SdkFamily {
  /** Matches the address of its script. */
  readonly file: RegExp
  /** Its overlay in `body`. */
  readonly overlay: string
  /** The button on the overlay that a customer presses to close it. */
  readonly closeButton: string
  /** Whether it knows `channelKey`; one that does not opens its first PG instead (sdk-facts 21). */
  readonly takesChannelKey: boolean
}

/** One row for each generation of PortOne's V1 SDK (sdk-facts 1, 7, 26, 29). */
const sdkFamilies = {
  legacy: {
    file: /\/iamport\.payment-\d[\w.-]*\.js/,
    overlay: '.imp-dialog',
    closeButton: '.imp-close',
    takesChannelKey: false,
  },
  current: {
    file: /\/iamport(\.esm)?\.js/,
    overlay: '#imp-iframe-wrapper',
    closeButton: '#imp-iframe-wrapper .imp-close',
    takesChannelKey: true,
  },
} as const satisfies Record<string, SdkFamily>

const families: readonly SdkFamily[] = Object.values(sdkFamilies)
/** Selects the overlays of every family. */
export const overlaySelector = families.map(({ overlay }) => overlay).join(', ')
/** Selects the close buttons of every family. */
export const closeButtonSelector = families.map(({ closeButton }) => closeButton).join(', ')

/** The family of the SDK this page loaded, or `null` when no tag tells. */
export function loadedFamily(): SdkFamily | null {
  return families.find(({ file }) => [...document.scripts].some(({ src }) => file.test(src))) ?? null
}

/** Whether a call stack leads through an SDK's script. */
export const isSdkStack = (stack: string) => families.some(({ file }) => file.test(stack))
