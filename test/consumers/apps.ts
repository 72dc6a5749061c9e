import { registerCard } from './customer.ts'
import { createProject } from './project.ts'
import { commands, pick, read, samples, section } from './samples.ts'
import { statements } from './statements.ts'

const readme = 'README.md'
const shared = ['.env', 'src/Billing.tsx', 'src/Subscribe.tsx', 'src/Complete.tsx', 'server/billing.ts']
/** The generators' versions that `npm test` holds; what is newest is `npm run consumers`' business. */
export const held = (line: string) =>
  process.env.CONSUMERS === 'all' ? line : line.replace('vite@latest', 'vite@9').replace('create-next-app@latest', 'create-next-app@16')

/** What the README has a reader of one of its two apps write. */
export function ownFiles(heading: '### Vite' | '### Next.js') {
  const text = section(readme, heading)
  return { text, files: { ...pick(samples(read(readme)), ...shared), ...samples(text) } }
}

export const ownStatements = (files: Record<string, string>) =>
  Object.entries(files)
    .filter(([path]) => /\.tsx?$/.test(path))
    .reduce((sum, [, code]) => sum + statements(code), 0)

/** The README's Vite app, from an empty folder to a server for each of its commands. */
export async function viteApp(name: string, { react = [] as string[], files: more = {}, check = [] as string[] } = {}) {
  const { text, files } = ownFiles('### Vite')
  const [make = [], serve = []] = commands(text)
  const project = await createProject(name, held)
  // the template's own install comes with ours
  await project.run(make.filter((line) => line !== 'npm install'))
  project.write({ ...files, ...more })
  await project.run([...react, ...check, 'npm run build'])
  const [sandbox = '', server = '', dev = ''] = serve
  await Promise.all([
    project.serve(`${sandbox} --port 4010`, project.ports[4010]),
    project.serve(server, project.ports[3000]),
    project.serve(`${dev} -- --port 5173 --strictPort`, project.ports[5173]),
  ])
  return project
}

/** The README's Next.js app, built without a secret and started with them. */
export async function nextApp(name: string, files = ownFiles('### Next.js').files) {
  const [make = [], [sandbox = ''] = []] = commands(section(readme, '### Next.js'))
  const project = await createProject(name, held)
  await project.run(make.map((line) => line.replace(/(create-next-app.*)/, '$1 --skip-install --disable-git')))
  const { '.env': secrets = '', ...code } = files
  project.write(code)
  await project.run(['npm run build'])
  project.write({ '.env': secrets })
  await Promise.all([
    project.serve(`${sandbox} --port 4010`, project.ports[4010]),
    project.serve('npm run start -- --port 3000', project.ports[3000]),
  ])
  return project
}

/** A card on a PC and on a phone; what each page said that it should not, and where each ended. */
export async function registerOnBoth(url: string) {
  const pc = await registerCard(url, 'pc')
  const phone = await registerCard(url, 'phone')
  return { pc, phone }
}
