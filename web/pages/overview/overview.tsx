import { useOverview } from '../../api.ts'
import { Asked } from '../../ui/asked.tsx'
import { Page } from '../../ui/page.tsx'
import { useWords } from '../../words/words.ts'

export function OverviewPage() {
  const words = useWords()
  return (
    <Page title={words.nav.overview}>
      <Asked query={useOverview()} what={words.nav.overview}>
        {({ needs }) => <p>{needs.length}</p>}
      </Asked>
    </Page>
  )
}
