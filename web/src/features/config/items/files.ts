export function isLocal(path: string): boolean {
  return path.endsWith('.local')
}

/** The file that a person most likely wants to see: the last `.local` that is not BanGUI's own, else the first. */
export function startFile(files: readonly string[]): string | undefined {
  return files.findLast((file) => isLocal(file) && !file.endsWith('/zz-bangui.local')) ?? files[0]
}
