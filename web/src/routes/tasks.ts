import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { appRoute } from './app'

export const tasksRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/tasks',
  component: lazyRouteComponent(
    withTexts(() => import('@/features/tasks/TasksPage'), 'tasks'),
    'TasksPage',
  ),
})
