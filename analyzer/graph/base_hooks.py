"""Which methods the base classes of well-known libraries call: any other method of a class is called by its own project or by nobody."""

from __future__ import annotations

import re

_TORCH = (
    r"forward|backward|extra_repr|reset_parameters|_?init_weights|state_dict|load_state_dict|_load_from_state_dict|_save_to_state_dict|"
    r"_register_\w+|register_\w+|(get|set)_extra_state|train|eval|to|apply|_apply|cuda|cpu|half|float|double|bfloat16|type|parameters|"
    r"named_\w+|children|modules|buffers|zero_grad|requires_grad_|share_memory|compile|add_module|get_\w+|set_\w+|no_weight_decay\w*|"
    r"reset_classifier|forward_\w+|fuse_?\w*|(gradient|activation)_checkpointing\w*|prepare_\w+|resize_token_embeddings|tie_weights|"
    r"_?freeze_stages|switch_to_deploy|jit_\w+|step|add_param_group|setup_context|vmap|jvp|symbolic|_?get_closed_form_lr|"
    r"set_epoch|save_pretrained|from_pretrained|extract_feat\w*|feature_info|device|dtype|output_shape|is_\w+|num_\w+"
)
_SKLEARN = (
    r"fit|fit_\w+|transform|predict|predict_\w+|decision_function|score|score_samples|inverse_transform|partial_fit|apply|"
    r"(get|set)_\w+|_more_tags|_get_\w+|_validate_\w+|_check_\w+|\w+_"
)
_LIGHTNING = (
    rf"{_TORCH}|on_\w+|\w*_step|\w*_step_end|\w*_epoch_end|\w*_epoch_start|\w+_dataloaders?|configure_\w+|setup|teardown|prepare_data|optimizer_\w+|"
    r"lr_scheduler_\w+|transfer_batch_to_device|manual_backward|toggle_\w+|untoggle_\w+|tbptt_\w+|summarize|hparams|log\w*|example_input_array"
)
_HOOKS = (
    (
        re.compile(
            r"(torch\.)?nn\.(modules\.(\w+\.)?)?(Module|ModuleList|ModuleDict|Sequential|ParameterList|ParameterDict)$|"
            r"torch\.(autograd\.Function|optim\.)|torch\.utils\.data\."
        ),
        _TORCH,
    ),
    (re.compile(r"sklearn\.base\."), _SKLEARN),
    (re.compile(r"(pytorch_lightning|lightning(\.pytorch)?|pl|L)\.(core\.(\w+\.)?)?Lightning(Data)?Module$"), _LIGHTNING),
    (
        re.compile(r"(flask_sqlalchemy|sqlalchemy|sqlmodel)\.|(\w+\.)*db\.Model$"),
        r"query_class|metadata|validate\w*|to_\w+|as_\w+|get_\w+|is_\w+|serialize",
    ),
    (
        re.compile(r"(kserve|kfserving)\.(\w+\.)*(KF|K)?Model$"),
        r"load|preprocess|predict|postprocess|explain|validate|start|stop|start_engine|stop_engine|healthy|ready|create_\w+|get_\w+",
    ),
    (re.compile(r"(gym|gymnasium)\.(core\.)?Env$"), r"step|reset|render|close|seed|configure|action_masks|get_\w+|_\w+"),
    (re.compile(r"(threading\.Thread|multiprocessing\.Process)$"), r"run|start|join|stop|close|terminate|kill|is_alive|name|daemon"),
    (re.compile(r"json\.(encoder\.)?JSONEncoder$"), r"default|encode|iterencode"),
)
_ALWAYS = r"__\w+__"


def are_known(bases: frozenset[str]) -> bool:
    """Whether it is known of every one of the base classes, given by their full dotted names, which methods they call."""
    return all(any(known.match(base) for known, _names in _HOOKS) for base in bases)


def may_call(bases: frozenset[str], name: str) -> bool:
    """Whether one of the base classes calls the method `name`, or users of its interface do; True for a base of which that is not known."""
    return any(_may_call(base, name) for base in bases)


def _may_call(base: str, name: str) -> bool:
    names = next((names for known, names in _HOOKS if known.match(base)), r"\w+")
    return re.fullmatch(f"{_ALWAYS}|{names}", name) is not None
