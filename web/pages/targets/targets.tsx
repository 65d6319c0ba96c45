import { Page } from '../../ui/page.tsx'
import { useWords } from '../../words/words.ts'

export function TargetsPage() {
  return <Page title={useWords().nav.targets}>{null}</Page>
}
