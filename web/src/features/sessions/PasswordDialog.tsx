import { zodResolver } from '@hookform/resolvers/zod'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { z } from 'zod/mini'
import { ApiProblem, api } from '@/api/client'
import { keys } from '@/api/queries'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { Field, Input } from '@/components/Field'
import { ProblemNote } from '@/components/ProblemNote'
import { toast } from '@/components/toasts'
import { PasswordFields, passwordsFit } from '@/features/account/PasswordFields'

const rules = z
  .object({ current: z.string().check(z.minLength(1)), password: z.string(), repeat: z.string() })
  .check(z.refine(({ password, repeat }) => passwordsFit(password, repeat), { path: ['password'] }))

type Values = z.infer<typeof rules>

export default function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const { register, handleSubmit, watch, setValue, formState } = useForm<Values>({
    resolver: zodResolver(rules),
    defaultValues: { current: '', password: '', repeat: '' },
  })
  const wrong = problem?.code === 'wrong-credentials'

  async function change(values: Values) {
    setProblem(null)
    try {
      await api.PUT('/api/v1/session/password', {
        body: { currentPassword: values.current, newPassword: values.password },
      })
      await queryClient.invalidateQueries({ queryKey: keys.sessions })
      toast({ text: t`The password is changed. All other sessions have ended.` })
      onClose()
    } catch (error) {
      setProblem(ApiProblem.from(error))
    }
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={t`Change password`}
      size="sm"
      locked={formState.isSubmitting}
      footer={
        <>
          <Button onClick={onClose} disabled={formState.isSubmitting}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" form="change-password" tone="primary" busy={formState.isSubmitting}>
            <Trans>Change password</Trans>
          </Button>
        </>
      }
    >
      <form id="change-password" className="flex flex-col gap-4" noValidate onSubmit={handleSubmit(change)}>
        <Field
          label={t`Current password`}
          error={
            formState.errors.current
              ? t`Type the current password.`
              : wrong
                ? t`The current password is wrong.`
                : undefined
          }
        >
          {(field) => (
            <Input {...field} data-autofocus type="password" autoComplete="current-password" {...register('current')} />
          )}
        </Field>
        <PasswordFields
          label={t`New password`}
          password={watch('password')}
          repeat={watch('repeat')}
          onPassword={(value) => setValue('password', value)}
          onRepeat={(value) => setValue('repeat', value)}
          checked={formState.isSubmitted}
          error={problem?.fieldMessage('newPassword')}
        />
        <p className="text-sm text-muted">
          <Trans>All other sessions end when the password changes.</Trans>
        </p>
        {problem && !wrong && !problem.fieldMessage('newPassword') ? <ProblemNote problem={problem} /> : null}
      </form>
    </Dialog>
  )
}
