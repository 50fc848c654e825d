"""The map as inline SVG: every node a link with a name, every edge told by its dashes and its title, never by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from reports.layout import Box, Point, draw
from reports.system_map import Flow, Shared, SystemMap, actor_name, anchor
from reports.wording import elided, plural

LETTER, BOLD_LETTER = 7.1, 7.7
NARROWEST, WIDEST = 96.0, 212.0
HEIGHT = 42.0
MARGIN = 12.0
LONGEST_NAME = 26
PAGE_WIDTH = 1150.0


@dataclass(frozen=True, slots=True)
class Picture:
    """An <svg> element as text, "" when there is nothing to draw; `flow` says where data flows: `right` or `down`."""

    svg: str
    flow: str


def picture(system: SystemMap) -> Picture:
    """The map, from left to right if a page is wide enough for it, else down the page. All text is escaped."""
    if not system.artifacts:
        return Picture("", "right")
    labels = {_actor(name): elided(actor_name(name), LONGEST_NAME - 2) for name in system.actors}
    labels |= {_artifact(shared.artifact.id): elided(shared.artifact.id, LONGEST_NAME) for shared in system.artifacts}
    details = {_actor(name): _actor_detail(system, name) for name in system.actors}
    details |= {_artifact(shared.artifact.id): _artifact_detail(shared) for shared in system.artifacts}
    actors = {_actor(name) for name in system.actors}
    letters = {node: BOLD_LETTER if node in actors else LETTER for node in labels}
    sizes = {node: (_width(label, details[node], letters[node]), HEIGHT) for node, label in labels.items()}
    flows = {_ends(flow): flow for flow in system.flows}
    drawing = draw(sizes, flows)
    flow = "right"
    if drawing.width > PAGE_WIDTH and (tall := draw(sizes, flows, down=True)).width < drawing.width:
        drawing, flow = tall, "down"
    root = _root(drawing.width, drawing.height, len(labels), len(flows))
    root.set("data-flow", flow)
    for ends, points in sorted(drawing.paths.items()):
        _edge(root, ends, flows[ends], _curve(points, flow))
    for name in system.actors:
        node = _actor(name)
        link = _node(root, "actor", anchor("C", name), node, f"{system.level} {elided(actor_name(name), 120)}: {details[node]}")
        _actor_shape(link, drawing.boxes[node])
        _words(link, drawing.boxes[node], labels[node], details[node])
    for shared in system.artifacts:
        node = _artifact(shared.artifact.id)
        link = _node(
            root, "artifact", anchor("A", shared.artifact.id), node, f"artifact {elided(shared.artifact.id, 120)}: {details[node]}"
        )
        _artifact_shape(link, drawing.boxes[node])
        _words(link, drawing.boxes[node], labels[node], details[node])
    return Picture(tostring(root, encoding="unicode"), flow)


def _actor(name: str) -> str:
    return f"actor {name}"


def _artifact(name: str) -> str:
    return f"artifact {name}"


def _ends(flow: Flow) -> tuple[str, str]:
    """What is written flows to the artifact, what is only read flows from it."""
    actor, artifact = _actor(flow.actor), _artifact(flow.artifact)
    return (actor, artifact) if flow.writes else (artifact, actor)


def _width(label: str, detail: str, letter: float) -> float:
    return min(WIDEST, max(NARROWEST, len(label) * letter + 26, len(detail) * LETTER * 0.86 + 26))


def _actor_detail(system: SystemMap, name: str) -> str:
    own = [shared.flows[name] for shared in system.artifacts if name in shared.flows]
    writes, reads = sum(bool(flow.writes) for flow in own), sum(bool(flow.reads) for flow in own)
    return f"writes {writes} · reads {reads}"


def _artifact_detail(shared: Shared) -> str:
    kind = shared.artifact.klass.lower() or shared.artifact.kind
    undeclared = sum(not flow.is_declared for flow in shared.flows.values())
    return f"{kind} · {undeclared} undeclared" if undeclared else f"{kind} · declared"


def _root(width: float, height: float, nodes: int, edges: int) -> Element:
    box = f"{-MARGIN:g} {-MARGIN:g} {width + 2 * MARGIN:.0f} {height + 2 * MARGIN:.0f}"
    # A group, not an image: an image would hide its links from assistive technology.
    root = Element("svg", {"class": "map", "viewBox": box, "width": f"{width + 2 * MARGIN:.0f}", "height": f"{height + 2 * MARGIN:.0f}"})
    root.set("role", "group")
    root.set("aria-label", f"Map: {plural(nodes, 'node')}, {plural(edges, 'edge')}; the table below says the same")
    definitions = SubElement(root, "defs")
    for name in ("declared", "undeclared"):
        marker = SubElement(definitions, "marker", {"id": f"arrow-{name}", "viewBox": "0 0 8 8", "refX": "7.5", "refY": "4"})
        shape = {
            "markerUnits": "userSpaceOnUse",
            "markerWidth": "9",
            "markerHeight": "9",
            "orient": "auto-start-reverse",
            "class": f"arrow {name}",
        }
        for key, value in shape.items():
            marker.set(key, value)
        SubElement(marker, "path", {"d": "M0 0.5 8 4 0 7.5z"})
    return root


def _edge(root: Element, ends: tuple[str, str], flow: Flow, curve: str) -> None:
    declared = "declared" if flow.is_declared else "undeclared"
    group = SubElement(root, "g", {"class": f"edge {declared}", "data-from": _key(ends[0]), "data-to": _key(ends[1])})
    SubElement(group, "title").text = f"{elided(flow.actor, 60)} {flow.verb} {elided(flow.artifact, 60)} ({declared})"
    line = SubElement(group, "path", {"d": curve, "marker-end": f"url(#arrow-{declared})"})
    if flow.reads and flow.writes:
        line.set("marker-start", f"url(#arrow-{declared})")


def _curve(points: tuple[Point, ...], flow: str) -> str:
    """Straight through layers, a soft S between them."""
    (x, y), *rest = points
    parts = [f"M{x:.1f} {y:.1f}"]
    for index, (to_x, to_y) in enumerate(rest):
        if index % 2:
            parts.append(f"L{to_x:.1f} {to_y:.1f}")
        elif flow == "right":
            middle = (x + to_x) / 2
            parts.append(f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
        else:
            middle = (y + to_y) / 2
            parts.append(f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return "".join(parts)


def _key(node: str) -> str:
    return anchor("N", node)


def _node(root: Element, kind: str, target: str, node: str, label: str) -> Element:
    link = SubElement(root, "a", {"class": f"node {kind}", "href": f"#{target}", "data-node": _key(node), "aria-label": label})
    SubElement(link, "title").text = label
    return link


def _actor_shape(link: Element, box: Box) -> None:
    size = {"x": f"{box.x:.1f}", "y": f"{box.y:.1f}", "width": f"{box.width:.1f}", "height": f"{box.height:.1f}"}
    SubElement(link, "rect", {**size, "rx": "8", "class": "shape"})


def _artifact_shape(link: Element, box: Box) -> None:
    """A sheet with a folded corner."""
    right, bottom, fold = box.x + box.width, box.y + box.height, 9
    outline = f"M{box.x:.1f} {box.y:.1f}H{right - fold:.1f}L{right:.1f} {box.y + fold:.1f}V{bottom:.1f}H{box.x:.1f}Z"
    SubElement(link, "path", {"d": outline, "class": "shape"})
    SubElement(link, "path", {"d": f"M{right - fold:.1f} {box.y:.1f}v{fold}h{fold}", "class": "fold"})


def _words(link: Element, box: Box, label: str, detail: str) -> None:
    for text, name, y in ((label, "label", box.y + 18), (detail, "detail", box.y + 33)):
        SubElement(link, "text", {"class": name, "x": f"{box.x + 12:.1f}", "y": f"{y:.1f}"}).text = text
