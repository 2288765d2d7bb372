/** A PDF of plain text pages in a built-in font: enough for a summary, and the same bytes for the same text. */

const page_lines = 60;
const line_chars = 96;
const page_width_pt = 595;
const page_height_pt = 842;
const margin_pt = 48;
const font_size_pt = 9;
const leading_pt = 12;

export function textPdf(text: string): Buffer {
  const lines = text.split('\n').flatMap(wrap);
  const pages: string[][] = [];
  for (let first = 0; first < lines.length; first += page_lines)
    pages.push(lines.slice(first, first + page_lines));
  // 1 catalogue, 2 page tree, 3 font, then a page and its content for each.
  const pageNumbers = pages.map((_, index) => 4 + 2 * index);
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${pageNumbers.map((number) => `${number} 0 R`).join(' ')}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>',
    ...pages.flatMap((page, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${page_width_pt} ${page_height_pt}] ` +
        `/Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * index} 0 R >>`,
      contentOf(page),
    ]),
  ];
  return assemble(objects);
}

function contentOf(lines: readonly string[]): string {
  const start = `BT /F1 ${font_size_pt} Tf ${leading_pt} TL ${margin_pt} ${page_height_pt - margin_pt} Td`;
  const stream = `${start}\n${lines.map((line) => `(${escape(line)}) Tj T*`).join('\n')}\nET`;
  return `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`;
}

function assemble(objects: readonly string[]): Buffer {
  let file = '%PDF-1.4\n';
  const offsets: number[] = [];
  objects.forEach((object, index) => {
    offsets.push(file.length);
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
  });
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`;
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(file + table + trailer, 'latin1');
}

function wrap(line: string): string[] {
  return line.match(new RegExp(`.{1,${line_chars}}`, 'gu')) ?? [''];
}

/** Characters that the font does not have become question marks. */
function escape(line: string): string {
  return line.replace(/[^\x20-\x7e]/gu, '?').replace(/[\\()]/g, '\\$&');
}
