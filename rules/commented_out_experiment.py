"""DXP006."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from analyzer.read.facts import CommentedCode
from rules.base import Rule
from rules.severity import in_context
from rules.wording import last_changed

_MANY_LINES = 5
_FEW_LINES = 3
_FAMILIAR = 0.2
_MAX_EVIDENCE = 8
_INSTRUCTION = re.compile(
    r"\b(un-?comment\w*|comment (this |it |them |these )?(out|in)\b|comment (the|this|these) \w+|"
    r"for (example|instance|local\w*|debug\w*|testing)|examples?|e\.\s?g\.|"
    r"usage|if (you|needed|necessary|required|desired|wanted)|you (can|could|may|might|should)|template|boilerplate|"
    r"to (use|run|enable|activate|reproduce|regenerate|debug|test|try|generate|create|train|"
    r"download|install)\b.*|optional(ly)?|pseudo-?\s?code|equivalent|"
    r"(same|identical) (as|to)|in other words|snippet|looks? like|as follows|sample (output|input|code)|output|result(s)? (is|are|in)|"
    r"(choose|pick|select) (one|any|between|from|either|among|which)|(one|any|either) of the [\w ]*(below|following)|algorithm( \d+)?:|"
    r"expected|illustrat\w+|instead of|rather than|corresponds? to|demo\w*|i\.\s?e\.|such as|like this|roughly|basically|"
    r"(code|lines?|block) below|repl\b|ideas? (for|of)\b|(can|could|may|might) (also )?be (used|useful|beneficial|helpful)|"
    r"following (code|block|(\w+ )?lines?)|starting point|"
    r"licen[cs]e|copyright|spdx|adapted from|taken from|borrowed from|based on|see (also)?:?|https?://\S+|doc(s|umentation)?\b)"
    r"|\)\s*(\u2192|\u21d2|\u279c|=>|->|--)\s*\w",
    re.IGNORECASE,
)
"""The last: notes on an API, `button(text) -> True when pressed`."""
_CHOICE = re.compile(
    r"\b((choose|pick|select|use|try|enable|un-?comment) (only )?(one|any|either)|(one|any|either) of the [\w ]*(below|following))\b",
    re.IGNORECASE,
)
_FORMER = re.compile(
    r"\b(old|older|previous\w*|former\w*|original\w*|legacy|deprecated|obsolete|disabled?|removed?|temporar\w*|temp|tmp|hack|"
    r"workaround|unused|not used|no longer|doesn'?t work|didn'?t work|not working|broken|"
    r"todo|fixme|xxx|wip|alternative\w*|experiment\w*|tried|attempt|version \d|v\d+|for now|later|skip\w*|turned off|switched off)\b",
    re.IGNORECASE,
)
_LEARNING = frozenset(
    """
    ablation accuracy activation adam adamw adapter anchor attention auc augment augmentation augmentations augmenter backbone
    backward batch batches batchnorm bert bleu bins boosting calibration catboost checkpoint checkpoints classifier classify cluster
    clustering cnn conv conv1d conv2d conv3d convolution corr criterion crossentropy dataloader dataset datasets decoder decision
    dense discriminator distill dropout embed embedder embedding embeddings encoder encoders ensemble epoch epochs estimator eval
    evaluate evaluation evaluator f1 feature features featurize featurizer finetune fit flatten focal forecast forest generator gpt
    gradient gradients gru head heads hidden hyperparameter hyperparameters imputer inference iou keras kfold kmeans knn labels
    lasso latent layer layers learner learning lgb lightgbm linear logit logits logloss loss losses lr lstm mae mape maxpool
    maxpooling metric metrics mixup mlp mlflow model models momentum mse neural nms nn normalize normalizer onehot oob optim
    optimizer optimizers overfit pca perplexity pooling precision predict predicted prediction predictions predictor preprocessor
    pretrained probs pytorch recall regression regressor relu resample resnet ridge rmse rnn roc rouge sampler scaler scheduler
    score scores scoring segmentation seq2seq sigmoid sklearn smote softmax spec2vec stratify svc svm tensor tensorboard tensors
    tfidf tokenize tokenizer torch train trainer training transformer transformers tuner unet vae validation vectorizer vgg vit
    vocab wandb weights xgb xgboost yhat yolo
    """.split()
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+")
_TALK = frozenset(
    """
    print pprint log info debug warning warn error exception critical write set_trace breakpoint embed show plot figure title xlabel ylabel
    legend imshow subplot subplots hist scatter bar axis savefig display head tail info describe sleep time perf_counter format join str len
    round int float type repr flush
    """.split()
)
_ECHOES = frozenset("array tensor OrderedDict defaultdict Counter Index Timestamp DatetimeIndex RangeIndex dtype Tensor Sequential".split())
_CONFIGURED = re.compile(r"(.*[_.-])?(conf|configs?|configuration|settings?|options|defaults?)\Z", re.IGNORECASE)
_ASSIGNED = re.compile(r"#?\s*[\w.\[\]'\"]+\s*=\s*\S")
_EXAMPLES = frozenset(
    {"example", "examples", "sample", "samples", "tutorial", "tutorials", "demo", "demos", "template", "templates", "cookiecutter"}
)


@dataclass(slots=True)
class _Group:
    """The blocks of one function, class or module."""

    module: Module
    scope: int
    blocks: list[CommentedCode] = field(default_factory=list)


class CommentedOutExperiment(Rule):
    """Code that was commented out and left: an experiment that nobody can run, and that nobody dares to delete.

    A commented-out path is an experimental codepath in its last form. It is searched, read and wondered about like code, but no test,
    type checker or refactoring touches it, so it is wrong soon after it was switched off; the version that worked is in the history.
    "Periodically reexamine each experimental branch to see what can be ripped out."

    Found are three or more lines of comment (or of a string that is a statement) that parse as Python once the comment signs are gone and
    that do something: at least five lines of code, or three in which models, losses, optimisers, features, augmentations or metrics are
    named. All blocks of one function, or of a module outside its functions, are one finding.

    Exempt: blocks that are introduced or annotated as instructions, usage, examples, templates or explanations ("uncomment to …",
    "for example", "equivalent to", "choose one of", a sentence that ends in a colon), by a comment or by the Markdown cell before;
    docstrings, doctest sessions, licence headers, script metadata, markdown cells and headers of jupytext; legends, formulas and
    pseudo-code (`score(x, ...)`); printed values; files of settings, where alternatives stand to be chosen; template and example
    folders. Blocks without learning vocabulary, those that only print or plot, and those whose names the file does not know have
    confidence C.

    Known false positives: code in comments that explains: a cheat sheet, a list of what an override may call, an instruction in words
    that the rule does not know.
    """

    code = "DXP006"
    name = "commented-out-experiment"
    severity = Severity.low
    confidence = Confidence.B
    dated = True
    tentative_in = frozenset({"library", "tutorial"})
    cost = Cost(0, 2, friction=3)
    source = "Sculley et al. 2015, §5.3 (dead experimental codepaths)"
    remedy = (
        "Delete the block: git keeps it (`mldebt fix --select DXP006` shows the patch). If it is still wanted, make it an option that a "
        "run sets."
    )
    BAD = (
        {
            "train.py": """\
def train(model, batches, optimizer):
    for x, y in batches:
        # x, y = mixup(x, y, alpha=0.4)  # DXP006
        # loss = soft_cross_entropy(model(x), y)
        # loss = loss + 0.1 * penalty(model)
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
"""
        },
        {
            "clean.py": """\
def clean(frame):
    # for column in frame.columns:  # DXP006
    #     if column.endswith("_raw"):
    #         frame[column] = frame[column].fillna(0)
    #         frame[column] = frame[column].clip(0)
    # frame = frame.drop_duplicates()
    return frame.dropna()
"""
        },
    )
    GOOD = (
        {
            "train.py": """\
def train(model):
    # Uncomment to train on several GPUs:
    # model = DataParallel(model)
    # model = model.cuda()
    # model.train()
    return model
"""
        },
        {
            "shapes.py": """\
def mix(a, b):
    # The update that the paper gives:
    # m = beta * m + (1 - beta) * g
    # v = beta * v + (1 - beta) * g * g
    # w = w - lr * m / sqrt(v)
    # N = samples
    return a @ b
"""
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        for module in graph.living():
            if not module.facts.commented or _is_example(module):
                continue
            groups: dict[int, _Group] = {}
            choices = {_scope_of(module, block) for block in module.facts.commented if _CHOICE.search(block.prose)}
            for block in module.facts.commented:
                if _is_former(module, block) and (scope := _scope_of(module, block)) not in choices:
                    groups.setdefault(scope, _Group(module, scope)).blocks.append(block)
            for group in groups.values():
                yield self._finding(graph, group)

    def _finding(self, graph: SystemGraph, group: _Group) -> Finding:
        module = group.module
        blocks = sorted(group.blocks, key=lambda block: (-_certainty(graph, module, block), block.line))
        lines = sum(block.code_lines for block in blocks)
        return self.found(
            _message(module, group, lines),
            Subject("commented code", module.qualname(group.scope)),
            [module.site(block.line, block.end_line) for block in blocks],
            _evidence(graph, module, blocks),
            severity=in_context(graph, self.severity, [module.path]),
            confidence=_certainty(graph, module, blocks[0]),
            items=len(blocks),
            members=len(blocks),
        )


def _is_former(module: Module, block: CommentedCode) -> bool:
    """Whether the block is code that was or could have been there, not documentation."""
    if block.code_lines < (_FEW_LINES if _learns(block) else _MANY_LINES) or not block.weighty or 2 * block.weighty < _FEW_LINES:
        return False
    if _is_introduced(block.prose) or (block.calls and _ECHOES.issuperset(block.calls)):
        return False
    return not (_CONFIGURED.match(PurePosixPath(module.path).stem) and _ASSIGNED.match(block.first))


def _is_introduced(prose: str) -> bool:
    """Whether comments present the block: as an instruction, an example, an explanation."""
    if _INSTRUCTION.search(prose):
        return True
    lines = prose.split("\n")
    return any(line.endswith(":") and not _FORMER.search(line) for line in lines)


def _learns(block: CommentedCode) -> bool:
    """Whether models, losses, optimisers, features, augmentations or metrics are named in it."""
    return any(word.lower() in _LEARNING for name in block.names for word in _WORDS.findall(name))


def _certainty(graph: SystemGraph, module: Module, block: CommentedCode) -> Confidence:
    if graph.archetype_of(module.path) == "tutorial" or not _learns(block):
        return Confidence.C
    if block.familiar < _FAMILIAR or (_TALK.issuperset(block.calls) and block.calls):
        return Confidence.C
    return Confidence.B


def _is_example(module: Module) -> bool:
    folders = PurePosixPath(module.path).parts[:-1]
    return "{{" in module.path or any(folder.lower() in _EXAMPLES for folder in folders)


def _scope_of(module: Module, block: CommentedCode) -> int:
    """The innermost function or class around the block, 0 for the module."""
    around = [index for index, scope in enumerate(module.facts.scopes) if scope.line <= block.line and block.end_line <= scope.end_line]
    return max(around, key=lambda index: (module.facts.scopes[index].line, index), default=0)


def _message(module: Module, group: _Group, lines: int) -> str:
    blocks = group.blocks
    where = f" in `{module.facts.scopes[group.scope].name}`" if group.scope else ""
    what = "quoted out" if all(block.kind == "string" for block in blocks) else "commented out"
    places = f", {len(blocks)} blocks" if len(blocks) > 1 else ""
    return f"{lines} lines of code are {what}{where}{places}: `{blocks[0].first}`"


def _evidence(graph: SystemGraph, module: Module, blocks: list[CommentedCode]) -> Iterator[Evidence]:
    for block in blocks[:_MAX_EVIDENCE]:
        does = f", among them calls of {', '.join(f'`{call}`' for call in block.calls[:4])}" if block.calls else ""
        text = f"uncommented it is {block.code_lines} lines of Python that parse{does}"
        yield Evidence(text, module.site(block.line, block.end_line))
    if len(blocks) > _MAX_EVIDENCE:
        yield Evidence(f"and {len(blocks) - _MAX_EVIDENCE} more blocks")
    if any(block.familiar < _FAMILIAR for block in blocks):
        yield Evidence("the file does not know most of the names in it: it could be a sketch or an explanation")
    yield from last_changed(graph, module.path)
