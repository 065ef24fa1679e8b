"""The kernels as one file of object code, which needs no numba to be loaded.

numba compiles each kernel for the arguments of a small example. To each a door is added, a function that
takes the place of a row of 64-bit numbers: the result, then the arguments (see ``arguments.py``). What no
door leads to is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from dxnet.errors import BackendError
from dxnet.inference.backends.compiled import kernels
from dxnet.inference.backends.compiled.arguments import laid_out, llvm_types
from dxnet.inference.backends.compiled.core import ask_core
from dxnet.inference.backends.compiled.cut_machine import Room
from dxnet.inference.backends.compiled.elimination import plan_elimination
from dxnet.inference.backends.compiled.jit import compiled
from dxnet.inference.backends.compiled.memory import Machine
from dxnet.inference.backends.compiled.messages import Messages
from dxnet.knowledge.kinds.base import Cpt

OPTIMISATION = 3
_HIDDEN = ("ptr", "ptr")
"""Arguments of a compiled kernel before its own: where its result goes, and what went wrong."""


def object_code() -> bytes:
    """A line of JSON, the kinds of the arguments of each kernel; then an object file of this processor."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    kinds, whole = {}, None
    for kernel, *arguments in _examples():
        name = kernel.__name__
        kinds[name], _ = laid_out(arguments)
        symbol, text = compiled(kernel, arguments)
        module = llvm.parse_assembly(text)
        module.link_in(llvm.parse_assembly(_door(name, module, symbol, kinds[name])))
        if whole is None:
            whole = module
        else:
            whole.link_in(module)
    assert whole is not None
    machine = llvm.Target.from_triple(whole.triple).create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=OPTIMISATION,
        jit=True,
    )
    _drop_all_but(whole, kinds, machine)
    return json.dumps(kinds).encode() + b"\n" + bytes(machine.emit_object(whole))


def _examples() -> Iterable[tuple[Any, ...]]:
    """Each kernel with arguments, for their types."""
    cough = Cpt(np.array([[0.9, 0.2], [0.1, 0.8]]), ("ill",))
    machine = Machine(plan_elimination({"ill": Cpt(np.array([0.75, 0.25])), "cough": cough}, "ill"))
    layout, work = machine.layout, machine.memory().work
    state, columns, states = np.zeros(2, np.int16), np.zeros(1, np.int32), np.zeros((1, 1), np.int16)
    number, vector, table, runs = 0, np.zeros(1), np.zeros((1, 1)), np.zeros((1, 6), np.int64)
    lists = np.zeros((1, 1), np.int32)
    list_ = np.zeros(1, np.int32)
    messages = Messages(vector, lists, lists, lists, lists, list_, table)
    room = Room(lists, list_, list_, list_, list_, lists, lists, list_, table, vector)
    return (
        (kernels.ask_rows, layout, work, state, columns, states, table, vector),
        (kernels.trace_and_run, layout, work, state, True),
        (kernels.ask_tables, layout, work, number, runs, vector, runs, vector, table, vector),
        (kernels.backward, work, number, vector, vector),
        (kernels.ask_slopes, layout, work, state, columns, states, vector, vector, vector, vector, vector),
        (ask_core, messages, room, lists, states, table, vector),
    )


def _door(name: str, module: Any, symbol: str, kinds: Sequence[str]) -> str:
    """A function that takes its arguments from a row of numbers, in LLVM's words.

    Raises:
        BackendError: the compiler hands arguments over in another way.
    """
    types = [str(argument.type) for argument in module.get_function(symbol).arguments]
    if types != [*_HIDDEN, *llvm_types(kinds)]:
        raise BackendError(
            f"this version of numba compiles {name} for other arguments than dxnet gives it; "
            "install that of constraints.txt, or take the backend 'numpy'"
        )
    taken = list(enumerate(types))[len(_HIDDEN) :]
    places = [f"%place{i} = getelementptr i64, ptr %row, i64 {i - 1}" for i, _ in taken]
    values = [f"%value{i} = load {of}, ptr %place{i}" for i, of in taken]
    given = ", ".join(("ptr %row", "ptr %fault", *(f"{of} %value{i}" for i, of in taken)))
    return "\n".join(
        (
            f'target triple = "{module.triple}"',
            f'target datalayout = "{module.data_layout}"',
            f"declare i32 @{symbol}({', '.join(types)})",
            f"define i32 @{name}(ptr %row) {{",
            "%fault = alloca ptr",
            *places,
            *values,
            f"%status = call i32 @{symbol}({given})",
            "ret i32 %status",
            "}",
        )
    )


def _drop_all_but(module: Any, names: Collection[str], machine: Any) -> None:
    """Leave only some functions, and what they call.

    Raises:
        BackendError: the code needs what only numba has.
    """
    for part in (*module.functions, *module.global_variables):
        if not part.is_declaration and part.name not in names:
            part.linkage = "internal"
    passes = llvm.create_new_module_pass_manager()
    passes.add_global_dead_code_eliminate_pass()
    passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=0)))
    needed = [
        part.name for part in module.functions if part.is_declaration and not part.name.startswith("llvm.")
    ]
    if needed:
        raise BackendError(f"the kernels need {', '.join(needed)}, which only numba has")
