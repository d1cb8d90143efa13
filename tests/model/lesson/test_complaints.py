"""What authors get wrong, and what they are told: where, what, and what to do."""

import pytest

from clustersim import ScenarioError, load_scenario
from clustersim.lesson.checking.review import check_part, read
from tests.model.lesson.small import TEXT

NOT_N1 = '"not n1.ready"'
QUESTION = 'text: {en: "Which?", zh: "哪个？"}'


def told(old: str, new: str, language: str = "en") -> list[str]:
    assert old in TEXT
    found = read(TEXT.replace(old, new, 1), language)
    return [f"{complaint.line}:{complaint.column} {complaint.text}" for complaint in found.complaints]


@pytest.mark.parametrize(
    ("old", "new", "said", "in_chinese"),
    [
        (
            "60s",
            "60sec",
            "26:52 expected a time such as 40s, 1m30s or 2.5 (seconds), found 60sec",
            "应为 40s、1m30s 或 2.5（秒）这样的时间，却是 60sec",
        ),
        (
            "n1.status ==",
            "n1.status =",
            "26:29 = is not understood; did you mean ==?",
            "无法理解 =；是否想写 ==？",
        ),
        (
            NOT_N1,
            '"not n1.ready && n2.ready"',
            "29:30 && is not understood; did you mean and?",
            "无法理解 &&；是否想写 and？",
        ),
        (
            NOT_N1,
            '"not n1.ready || n2.ready"',
            "29:30 || is not understood; did you mean or?",
            "无法理解 ||；是否想写 or？",
        ),
        (NOT_N1, '"!n1.ready"', "29:17 ! is not understood; did you mean not?", "无法理解 !；是否想写 not？"),
        (
            NOT_N1,
            "'n1.status == \"Ready\"'",
            "29:30 \" is not understood; did you mean '?",
            "无法理解 \"；是否想写 '？",
        ),
        (
            NOT_N1,
            '"Count(nodes.ready) == 2"',
            "29:17 there is no Count; did you mean count?",
            "没有 Count；是否想写 count？",
        ),
        (NOT_N1, '"count(nodes.ready == 2"', "29:22 this ( is not closed", "这个 ( 没有结束"),
        (NOT_N1, '"n1.ready)"', "29:25 this ) closes nothing", "这个 ) 没有对应的开头"),
        ('[n1]"', '[n1"', "30:25 this [ is not closed", "这个 [ 没有结束"),
        (
            "  - id: kill\n",
            "  - id: kill\n\tsay: x\n",
            "25:1 tabs are not allowed here: use spaces",
            "这里不能用制表符（Tab）：请用空格",
        ),
        (
            "    run: {until",
            "   run: {until",
            "26:4 this line begins with 3 spaces, which is not where the lines it belongs to begin",
            "这一行前面有 3 个空格，与所属的各行没有对齐",
        ),
        (
            QUESTION,
            "text: {en: “Which: a, b?”, zh: 哪个}",
            '38:18 “ is no punctuation of YAML: write "',
            '“ 不是 YAML 的标点：请写 "',
        ),
        ("goal: {", "goal： {", "4:5 ： is no punctuation of YAML: write :", "： 不是 YAML 的标点：请写 :"),
        (
            "See it, zh",
            "See it， zh",
            "4:18 ， is no punctuation of YAML: write ,",
            "， 不是 YAML 的标点：请写 ,",
        ),
        (
            QUESTION,
            "text: {en: Which: it, zh: 哪}",
            "38:23 a text that has a colon in it must stand in quotes",
            "含有冒号的文本必须放在引号里",
        ),
        ("seed: 3", "seed:3", "6:6 a space is missing after the colon", "冒号后面少了一个空格"),
        ("seed: 3", "seed", "6:1 this line has no colon after its key", "这一行的键后面没有冒号"),
        ('en: "Which?"', 'en: "Which?', "38:32 a quote on this line is not closed", "这一行有引号没有结束"),
        (
            '"哪个？"}\n',
            '"哪个？"\n',
            "39:7 a comma is missing before this, or a }",
            "这之前少了逗号，或者少了 }",
        ),
        ("id: which", "id: when", "36:11 when is given twice", "when 出现了两次"),
        (
            "judge-after: mend",
            "judge-after: mned",
            "40:20 no step after choose is called mned; did you mean mend?",
            "choose 之后没有名为 mned 的步骤；是否想写 mend？",
        ),
        ("seed: 3", "seed: 3\nseed: 4", "7:1 seed is given twice", "seed 出现了两次"),
        (
            NOT_N1,
            "\"all(pods.of(web).status == 'ImagePulBackOff')\"",
            "29:44 it is never ImagePulBackOff; did you mean ImagePullBackOff?",
            "它永远不会是 ImagePulBackOff；是否想写 ImagePullBackOff？",
        ),
        (
            "seed: 3",
            "seed: 3\nneeds: [kubelet-deis]",
            "7:1 needs: no lesson is called kubelet-deis; did you mean kubelet-dies?",
            "needs: 没有名为 kubelet-deis 的课；是否想写 kubelet-dies？",
        ),
        (
            "seed: 3",
            "seed: 3\nneeds: [small]",
            "7:1 needs: these lessons need each other: small → small",
            "needs: 这些课互相要求先学对方：small → small",
        ),
        (
            TEXT,
            "format: scenario/1\nnodes: 3\n",
            "1:9 this is a scenario, not a lesson: use `python -m clustersim run`",
            "这是场景，不是课：请用 `python -m clustersim run`",
        ),
        (
            TEXT,
            "- a\n- b\n",
            "1:1 a lesson begins with `format: lesson/1`",
            "课程文件以 `format: lesson/1` 开头",
        ),
        ("goal: {", "gaol: {", "4:1 unknown key gaol; did you mean goal?", "未知的键 gaol；是否想写 goal？"),
        (
            "    run: {until",
            "    rnu: {until",
            "26:5 unknown key rnu; did you mean run?",
            "未知的键 rnu；是否想写 run？",
        ),
        (
            "action: stop-kubelet",
            "action: stop-kublet",
            "25:37 unknown action stop-kublet; did you mean stop-kubelet?",
            "未知的动作 stop-kublet；是否想写 stop-kubelet？",
        ),
        (
            'node-not-ready[n1]"\n',
            'node-not-raedy[n1]"\n',
            "30:11 there is no moment node-not-raedy; did you mean node-not-ready?",
            "没有时刻 node-not-raedy；是否想写 node-not-ready？",
        ),
        ("n1.status ==", "n9.status ==", "26:19 there is no n9; did you mean n3?", "没有 n9；是否想写 n3？"),
        (
            "n1.status ==",
            "n1.staus ==",
            "26:22 unknown attribute staus; did you mean status?",
            "未知的属性 staus；是否想写 status？",
        ),
        (
            "n1.kubelet == 'stopped'",
            "n1.kubelet == 'stoped'",
            "49:37 it is never stoped; did you mean stopped?",
            "它永远不会是 stoped；是否想写 stopped？",
        ),
        (
            "releases: [v1.7, v1.8]",
            "releases: [v1.7, v1.9]",
            "5:18 v1.9 is none of v1.7, v1.8, v1.36; did you mean v1.8?",
            "v1.9 不在 v1.7, v1.8, v1.36 之中；是否想写 v1.8？",
        ),
        (
            "seed: 3",
            "seed: 3\nlevel: medium",
            "7:8 medium is none of beginner, intermediate, advanced",
            "medium 不在 beginner, intermediate, advanced 之中",
        ),
        (
            "misconception: 9,",
            "misconception: 99,",
            "43:55 99 is not between 1 and 25",
            "99 不在 1 到 25 之间",
        ),
        ("goal: {en: See it, zh: 看见}", "goal: {en: See it}", "4:7 zh is missing", "缺少 zh"),
        ("Grace is {flags", "Grace is {registry} {flags", "33:22 there is no registry", "没有 registry"),
        (
            NOT_N1,
            '"count(nodes.ready) == 40s"',
            "29:36 a number cannot be compared with a time",
            "数字不能与时间比较",
        ),
        (
            NOT_N1,
            '"nodes.ready"',
            "29:17 this is yes or no for each of nodes: say count, all or any of it",
            "这是每个 nodes 的是否：请用 count、all 或 any",
        ),
        (
            NOT_N1,
            '"count(pods.of(wbe)) == 3"',
            "29:28 there is no wbe; did you mean web?",
            "没有 wbe；是否想写 web？",
        ),
        (NOT_N1, '"n1.ready == 3"', "29:26 yes or no cannot be compared with a number", "是否不能与数字比较"),
        (
            NOT_N1,
            "\"n1.status == 'Raedy'\"",
            "29:30 it is never Raedy; did you mean Ready?",
            "它永远不会是 Raedy；是否想写 Ready？",
        ),
        (
            "target: n1}]\n    run",
            "target: n7}]\n    run",
            "25:59 no node n7; did you mean n3?",
            "没有节点 n7；是否想写 n3？",
        ),
        (
            "allow: [inspect]",
            "allow: [inspct]",
            "10:9 unknown power inspct; did you mean inspect?",
            "未知的权限 inspct；是否想写 inspect？",
        ),
        (
            "seed: 3",
            "seed: 3\ndraft: maybe",
            "7:8 expected true or false, found maybe",
            "应为 true 或 false，却是 maybe",
        ),
        (
            'text: {en: "Mend n1."',
            f'text: {{en: "{"so " * 23}"',
            f"44:1 mend: a sentence of 23 words: {('so ' * 23)[:60]}...",
            f"mend: 一句话有 23 个词：{('so ' * 23)[:60]}...",
        ),
    ],
)
def test_a_mistake_is_told_alone_where_it_stands_in_both_languages(
    old: str, new: str, said: str, in_chinese: str
) -> None:
    assert told(old, new) == [said]
    place = said.partition(" ")[0]
    assert told(old, new, "zh") == [f"{place} {in_chinese}"]


def test_a_cluster_that_cannot_be_read_hides_no_mistake_above_the_steps() -> None:
    broken = TEXT.replace("nodes: 3", "nodes: none\n  sede: 1").replace("allow: [inspect]", "allow: [inspct]")
    known = read(broken, "en")
    assert [(one.line, one.text.partition(";")[0]) for one in known.complaints[2:]] == [
        (11, "unknown power inspct"),
        (13, "the steps are read once the cluster can be"),
    ]
    assert [one.line for one in known.complaints[:2]] == [8, 9]


@pytest.mark.parametrize(
    ("old", "new", "line", "said", "in_chinese"),
    [
        (
            "limit: 60s",
            "limit: 5s",
            24,
            "not reached before the limit: n1.status == 'NotReady' (n1.status = Ready)",
            "到时限仍未达到：n1.status == 'NotReady' (n1.status = Ready)",
        ),
        (
            'when: "n1.ready"}',
            "when: \"n1.status == 'Unknown'\"}",
            36,
            "the run has no answer: – (n1.status = Ready)",
            "运行没有给出答案：– (n1.status = Ready)",
        ),
        (
            'done: "n1.ready"',
            'done: "not n1.ready"',
            44,
            "the task is done before anybody has done anything",
            "还没有人动手，任务就已完成",
        ),
        (
            "{at: 1s, action: start-kubelet, target: n1}",
            "{at: 1s, action: cordon, target: n1}",
            44,
            "the solution does not do the task: n1.ready (n1.ready = False)",
            "解法没有完成任务：n1.ready (n1.ready = False)",
        ),
    ],
)
def test_what_the_run_shows_to_be_wrong_is_told_with_its_values_where_it_stands(
    old: str, new: str, line: int, said: str, in_chinese: str
) -> None:
    assert old in TEXT
    for language, wanted in (("en", said), ("zh", in_chinese)):
        found = check_part(TEXT.replace(old, new, 1), "v1.7", language).complaints
        assert any(one.line == line and wanted in one.text for one in found)


def test_lessons_that_need_each_other_are_told() -> None:
    text = TEXT.replace("seed: 3", "seed: 3\nneeds: [kubelet-dies, first]")
    found = read(text, "en", {"first": ("second",), "second": ("small",)})
    said = "needs: these lessons need each other: small → first → second → small"
    assert [complaint.text for complaint in found.complaints] == [said]


def test_a_second_step_of_the_same_id_is_told_at_its_own_line() -> None:
    assert "44:9 kill is given twice" in told("- id: mend", "- id: kill")


def test_a_lesson_is_no_scenario_and_its_author_is_told_so() -> None:
    with pytest.raises(ScenarioError, match="this is a lesson, not a scenario"):
        load_scenario(TEXT)
