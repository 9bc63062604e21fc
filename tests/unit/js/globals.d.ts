// What LNbits puts on the page, so that `// @ts-check` knows it. To check all scripts of the pages:
//     npx -p typescript@5 tsc -p tests/unit/js/tsconfig.json

/** A Vue component's options; `this` is the component, which Vue makes of all its sections. */
type Part = {
  [option: string]: any
  computed?: Record<string, any> & ThisType<any>
  methods?: Record<string, any> & ThisType<any>
} & ThisType<any>

declare const LNbits: any
declare const Vue: any
declare const module: any

interface Window {
  app: any
  g: any
  i18n: any
  satmachine: {parts: Record<string, Part>; [lib: string]: any}
  [page: `Page${string}`]: Part
}
