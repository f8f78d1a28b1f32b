/** Sign and name. */
export function Mark() {
  return (
    <span className="flex items-center gap-2 px-1 font-semibold">
      <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
        <rect width="32" height="32" rx="7" className="fill-accent-solid" />
        <path
          d="M7 10h18M7 16h18M7 22h18M12 6.5v19M20 6.5v19"
          className="stroke-on-solid"
          strokeWidth="2.4"
          strokeLinecap="round"
        />
        <circle cx="16" cy="16" r="4.2" className="fill-danger-solid stroke-on-solid" strokeWidth="1.6" />
      </svg>
      BanGUI
    </span>
  )
}
