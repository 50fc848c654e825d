"""What one repository runs of another: its console scripts, its modules, its container images."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename

from analyzer.link.command_words import unwrapped
from analyzer.model import Edge, Link, Site
from analyzer.read.images import OWN_NAME, image_name
from analyzer.workspace.directory import MIN_NAME, Directory, Found
from analyzer.workspace.hosting import Address
from analyzer.workspace.outline import GENERIC, Outline, Used
from analyzer.workspace.packages import answered, required_pairs

_REFERENCE = re.compile(r"(?P<registry>[\w-]+(?:\.[\w-]+)+(?::\d+)?/)?(?P<name>[\w.-]+(?:/[\w.-]+)+)(?::[\w.{}$-]+)?(?:@sha256:[0-9a-f]+)?")
_IMAGE_KEYS = re.compile(
    r"(^|[._-])(images?|container|container_?image|image_?(name|uri|url|repository)|newname|repository)(\.\d+)?$", re.IGNORECASE
)
_BUILD_FILES = re.compile(r"(^|/)([\w.-]*dockerfile[\w.-]*|containerfile)$", re.IGNORECASE)
_RUNS = frozenset({"run", "pull", "create", "exec"})
MAX_EDGES = 200


def running_links(directory: Directory) -> Iterator[Found]:
    """Links of kind `invokes`, one for each command or image that a repository runs of another."""
    built = _built(directory)
    required = required_pairs(directory)
    for consumer in directory.outlines:
        yield from _scripts(consumer, directory, required)
        yield from _images(consumer, directory, built)


# ---- console scripts ---------------------------------------------------------------------------------------------------


def _scripts(consumer: Outline, directory: Directory, required: frozenset[tuple[str, str]]) -> Iterator[Found]:
    own = {each.name for _, each in consumer.manifest.commands}
    places: dict[tuple[str, str], list[tuple[Site, str]]] = {}
    producers: dict[str, tuple[Outline, str, Site]] = {}
    for used in consumer.commands:
        name, module = program(used.command.words)
        if name in own:
            continue
        target = _offered(name, module, consumer, directory)
        if target is not None:
            key = (target[0].name, name or f"python -m {module}")
            producers.setdefault("\0".join(key), target)
            places.setdefault(key, []).append((used.site, used.unit))
    for (producer_name, command), found in sorted(places.items()):
        producer, path, origin = producers[f"{producer_name}\0{command}"]
        target_unit = producer.unit(path) if path else producer.name
        declared = (consumer.name, producer_name) in required
        edges: dict[str, Edge] = {}
        for site, unit in found:
            edges.setdefault(unit, Edge(consumer.unit(unit), target_unit, "invokes", consumer.site(site), declared))
        via = "module" if command.startswith("python") else "console script"
        link = Link(
            producer.name, consumer.name, "invokes", f"command {command}", via,
            consumer.site(min(site for site, _ in found)), producer.site(origin), declared, places=len(found),
        )  # fmt: skip
        yield Found(link, tuple(edges.values())[:MAX_EDGES])


def program(words: tuple[str, ...]) -> tuple[str, str]:
    """(console script, "") or ("", module) of what a command runs; `uv run`, `poetry run` and their like are looked through."""
    words = unwrapped(words)
    if not words:
        return "", ""
    name = basename(words[0])
    if "/" in words[0] and not re.search(r"(^|/)bin/[^/]+$", words[0]):
        return "", ""  # a file of its own, not a command that was installed
    if name.startswith("python") and words[1:2] == ("-m",) and len(words) > 2:
        return "", words[2]
    return name, ""


def _offered(name: str, module: str, consumer: Outline, directory: Directory) -> tuple[Outline, str, Site] | None:
    """Who offers the command, the path of the module behind it, and where that is said."""
    if module:
        top = module.partition(".")[0]
        others = [o for o in directory.by_package.get(top, ()) if o is not consumer]
        path = answered(others[0], module, "")[0] if len(others) == 1 and top not in consumer.own_names else ""
        return (others[0], path, Site(path)) if path else None
    if len(name) < MIN_NAME or name.partition(".")[0].lower().replace("-", "_") in GENERIC:
        return None
    others = directory.by_command.get(name, [])
    if len(others) != 1 or others[0] is consumer:
        return None
    path, offered = next((path, each) for path, each in others[0].manifest.commands if each.name == name)
    return others[0], others[0].modules.get(offered.module, ""), Site(path, offered.line)


# ---- container images --------------------------------------------------------------------------------------------------


def _built(directory: Directory) -> dict[str, list[tuple[Outline, Site]]]:
    """Image name → who builds it, and where."""
    found: dict[str, list[tuple[Outline, Site]]] = {}
    for outline in directory.outlines:
        for name, site in _builds(outline):
            known = found.setdefault(name, [])
            if all(each is not outline for each, _ in known):
                known.append((outline, site))
    return found


def _builds(outline: Outline) -> Iterator[tuple[str, Site]]:
    for path, image in outline.manifest.images:
        if image.is_built:
            names = [image.name.replace(OWN_NAME, str(address)) for address in sorted(outline.addresses)]
            yield from ((name, Site(path, image.line)) for name in (names if OWN_NAME in image.name else [image.name]))
    for used in outline.commands:
        yield from ((name, used.site) for name in tagged(used.command.words))
    for leaf in outline.settings:
        key, _, value = leaf.name.partition("\0")
        if key.startswith("build.artifacts.") and key.endswith(".image"):  # skaffold
            yield image_name(value), leaf.site


def tagged(words: tuple[str, ...]) -> Iterator[str]:
    """The images that a `docker build -t`, `docker push`, `docker tag` or `gcloud builds submit --tag` command makes."""
    words = unwrapped(words)
    if len(words) < 3 or basename(words[0]) not in ("docker", "podman", "buildah", "nerdctl", "gcloud", "img"):
        return
    if "push" in words[1:3]:
        yield from (image_name(word) for word in words[2:] if "/" in word and not word.startswith("-"))
    elif words[1] == "tag":
        yield image_name(words[-1])
    elif {"build", "bud", "builds"} & set(words[1:3]):
        for position, word in enumerate(words):
            if word in ("-t", "--tag") and position + 1 < len(words):
                yield image_name(words[position + 1])
            elif word.startswith("--tag="):
                yield image_name(word.removeprefix("--tag="))


def _images(consumer: Outline, directory: Directory, built: dict[str, list[tuple[Outline, Site]]]) -> Iterator[Found]:
    own = {name for name, makers in built.items() if any(outline is consumer for outline, _ in makers)}
    places: dict[tuple[str, str], list[Used]] = {}
    makers: dict[tuple[str, str], tuple[Outline, Site, str]] = {}
    for used in _mentioned(consumer):
        maker = _maker(used.name, directory, built) if used.name not in own else None
        if maker is not None and maker[0] is not consumer:
            key = (maker[0].name, used.name)
            makers.setdefault(key, maker)
            places.setdefault(key, []).append(used)
    for key, found in sorted(places.items()):
        producer, origin, via = makers[key]
        edges: dict[str, Edge] = {}
        target = producer.unit(next(iter(unit for unit in sorted(producer.units) if unit.startswith(origin.path)), "")).rstrip("/")
        for used in found:
            edges.setdefault(used.unit, Edge(consumer.unit(used.unit), target, "invokes", consumer.site(used.site), False))
        link = Link(
            producer.name, consumer.name, "invokes", f"image {key[1]}", via,
            consumer.site(min(used.site for used in found)), producer.site(origin), places=len(found),
        )  # fmt: skip
        yield Found(link, tuple(edges.values())[:MAX_EDGES])


def _maker(name: str, directory: Directory, built: dict[str, list[tuple[Outline, Site]]]) -> tuple[Outline, Site, str] | None:
    """Who builds an image: whoever says so; else the repository whose `owner/name` it carries, when that has a Dockerfile."""
    makers = built.get(name, [])
    if makers:
        return (*makers[0], "container image that it builds") if len(makers) == 1 else None
    parts = name.split("/")
    if "." in parts[0]:
        parts = parts[1:]
    if len(parts) < 2:
        return None
    outline = directory.at(Address(parts[0], parts[1]))
    file = min((path for path in outline.manifest.files if _BUILD_FILES.search(path)), key=_depth, default="") if outline else ""
    return (outline, Site(file), "container image with its name") if outline and file else None


def _depth(path: str) -> tuple[int, str]:
    return path.count("/"), path


def _mentioned(outline: Outline) -> Iterator[Used]:
    """Images that a repository runs or builds upon, by name without tag."""
    for path, image in outline.manifest.images:
        if not image.is_built and OWN_NAME not in image.name:
            yield Used(image.name, Site(path, image.line), path)
    yield from _in_texts(outline.texts)
    for leaf in outline.settings:
        key, _, value = leaf.name.partition("\0")
        match = _REFERENCE.fullmatch(value)
        if match and (match["registry"] or _IMAGE_KEYS.search(key)) and not key.startswith("build.artifacts."):
            yield Used(image_name(value), leaf.site, leaf.unit)
    for used in outline.commands:
        words = tuple(word for word in used.command.words if word != "sudo")
        if words[:1] in (("docker",), ("podman",), ("nerdctl",), ("singularity",), ("apptainer",)) and _RUNS.intersection(words[1:2]):
            for word in words[2:]:
                plain = word.removeprefix("docker://")
                if _REFERENCE.fullmatch(plain) and not plain.startswith(("-", "/", ".")):
                    yield Used(image_name(plain), used.site, used.unit)
                    break


def _in_texts(texts: Iterable[Used]) -> Iterator[Used]:
    """Strings in code that carry a registry's host: without one, `owner/name` may be anything."""
    for text in texts:
        match = _REFERENCE.fullmatch(text.name)
        if match and match["registry"]:
            yield Used(image_name(text.name), text.site, text.unit)
