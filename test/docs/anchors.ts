/** The anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}

/** The anchors of a Markdown page. Lines within a code block are no headings. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const headings = withoutCodeBlocks(page).matchAll(/^#+ (.+)$/gm);
  return new Set([...headings].map(([, heading = '']) => anchorOf(heading)));
}

export function withoutCodeBlocks(page: string): string {
  return page.replace(/^ *```[\s\S]*?^ *```$/gm, '');
}
