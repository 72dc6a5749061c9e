/** PortOne refused, or could not be reached. Holds neither secret nor token, its `cause` neither. */
export class IamportApiError extends Error {
  override readonly name = 'IamportApiError'
  /** `0` when no answer came. */
  readonly httpStatus: number
  /** PortOne's `code`, `null` when no readable answer came, `0` when what it said is not what was promised. */
  readonly code: number | null
  /** The call, without the ids in it. */
  readonly path: string
  /** `false` when it is certain that the request never left: no connection, no name, no token. */
  readonly sent: boolean

  constructor(path: string, httpStatus: number, code: number | null, message: string, options: { cause?: unknown; sent?: boolean } = {}) {
    super(`PortOne ${path}: ${message}`, 'cause' in options ? { cause: options.cause } : undefined)
    this.path = path
    this.httpStatus = httpStatus
    this.code = code
    this.sent = options.sent ?? true
  }
}

/** Whether PortOne itself refused what was asked: a gateway may fail in its name, and a call turned away at the door is not looked at. */
export const isRefused = (error: unknown): error is IamportApiError =>
  error instanceof IamportApiError && Boolean(error.code) && error.httpStatus < 500 && error.httpStatus !== 401 && error.httpStatus !== 429
