import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { Icon } from '@/components/Icon'
import { PAGES } from './pages'
import { useRank } from './session'

export function Navigation() {
  const { i18n } = useLingui()
  const reaches = useRank()
  return (
    <ul className="flex flex-col gap-0.5">
      {PAGES.filter((page) => reaches(page.role)).map((page) => (
        <li key={page.to}>
          <Link
            to={page.to}
            activeOptions={{ exact: page.to === '/', includeSearch: false }}
            className="flex h-8 items-center gap-2 rounded-md px-2 hover:bg-hover"
            inactiveProps={{ className: 'text-muted hover:text-fg' }}
            activeProps={{ className: 'bg-accent-soft font-medium text-accent' }}
          >
            <Icon name={page.icon} />
            {i18n._(page.label)}
          </Link>
        </li>
      ))}
    </ul>
  )
}
