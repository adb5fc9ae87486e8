import 'graphiql/style.css'
import './page.css'
import { createRoot, type Root } from 'react-dom/client'
import { exampleTabs } from './exampleTabs'
import { Guard } from './Guard'
import { Page } from './Page'
import { createPlayground } from './playground'
import { bareSession, fetchSession } from './session'
import { readStartingPoint } from './startingPoint'
import { createTabStorage, resumeTabs } from './tabStorage'

async function start(root: Root): Promise<void> {
  let trouble = ''
  const session = await fetchSession().catch((error: Error) => {
    trouble = error.message
    return bareSession
  })
  const playground = createPlayground(session)
  if (trouble) {
    const action = { label: 'Reload', run: () => location.reload() }
    playground.problems.report({ topic: 'session', text: trouble, action })
  }
  const storage = createTabStorage(session.examples)
  const tabs = resumeTabs(storage) ? [] : exampleTabs(session.examples, await readStartingPoint(playground.identity))
  root.render(
    <Guard storage={storage}>
      <Page playground={playground} storage={storage} tabs={tabs} />
    </Guard>,
  )
}

void start(createRoot(document.getElementById('root')!))
