from analyzer.discover.exercises import exercises
from analyzer.scan import graph_of_texts


def test_work_is_no_exercise() -> None:
    ours = {
        "lab/train.py",
        "start/train.py",
        "exercises/squat.py",
        "job_starter.py",
        "model_student.py",
        "model.py",
        "tasks/a.py",
        "final/b.py",
    }
    assert not exercises(ours)


def test_a_folder_whose_name_says_it() -> None:
    assert exercises({"s1/exercise_files/fill.py", "s1/train.py"}) == {"s1/exercise_files/fill.py"}


def test_a_solution_beside_it() -> None:
    assert exercises({"w1/labs/a.py", "w1/solutions/a.py", "w1/labs/c.py"}) == {"w1/labs/a.py"}
    assert exercises({"cut_starter.py", "cut.py", "job_todo.ipynb", "job_solution.ipynb"}) == {"cut_starter.py", "job_todo.ipynb"}


def test_rules_leave_exercises_alone() -> None:
    graph = graph_of_texts({"labs/a.py": "", "solutions/a.py": ""})
    assert graph.modules["labs/a.py"].is_docs
    assert not graph.modules["solutions/a.py"].is_docs
