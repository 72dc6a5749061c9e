interface Bundled {
  readonly code: string
  readonly inputs: readonly string[]
  readonly gzip: number
}
export declare const rows: readonly { readonly what: string; readonly names: string; readonly aim: number; readonly held: number }[]
export declare function bundle(contents: string, options?: { external?: string[]; conditions?: string[] }): Promise<Bundled>
export declare function measure(): Promise<readonly ((typeof rows)[number] & { readonly bytes: number })[]>
