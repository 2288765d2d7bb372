import type { ImageReference } from '#shared/event/image.ts';

/** The parts in which a tool writes an image. */
type Part = string | undefined;
type Reader = (first: Part, second: Part, third: Part) => ImageReference | undefined;

interface KnownImage {
  readonly first: Part;
  readonly second: Part;
  readonly third: Part;
  readonly image: ImageReference | undefined;
}

/** Containers whose image is remembered; beyond, the memory starts anew. */
const cached_containers_max = 16_384;

/** Remembers what `read` made of the image of a container, which keeps it for good. */
export function rememberImages(
  read: Reader,
): (container_id: Part, first: Part, second: Part, third?: Part) => ImageReference | undefined {
  const cache = new Map<string, KnownImage>();
  return (container_id, first, second, third) => {
    if (container_id === undefined) return read(first, second, third);
    const known = cache.get(container_id);
    if (known !== undefined && known.first === first && known.second === second && known.third === third) {
      return known.image;
    }
    const image = read(first, second, third);
    if (cache.size >= cached_containers_max) cache.clear();
    cache.set(container_id, { first, second, third, image });
    return image;
  };
}
