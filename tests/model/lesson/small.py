"""A small lesson for tests, and ways to change it."""

from clustersim.cluster import Cluster
from clustersim.lesson import Lesson, LessonRun, load_lesson, scenario_of

TEXT = """format: lesson/1
id: small
title: {en: Small, zh: 小}
goal: {en: See it, zh: 看见}
releases: [v1.7, v1.8]
seed: 3
cluster:
  nodes: 3
  objects: [{kind: ReplicationController, name: web, replicas: 3}]
allow: [inspect]
steps:
  - id: guess
    ask:
      id: when
      kind: number
      text: {en: "When?", zh: "何时？"}
      explain: {en: "So it is.", zh: "就是这样。"}
      unit: s
      answer: {from: "elapsed(action:stop, node-not-ready[n1])", tolerance: 8s}
      rounds: 2
      reply: {en: "No.", zh: "不对。"}
      traps:
        - {near: 5m40s, within: 5s, misconception: 1, reply: {en: "They overlap.", zh: "两者重叠。"}}
  - id: kill
    do: [{at: 2s, as: stop, action: stop-kubelet, target: n1}]
    run: {until: "n1.status == 'NotReady'", limit: 60s}
    check:
      - {that: "n1.containers.running == n1.containers.at_start"}
      - {that: "not n1.ready"}
    why: "node-not-ready[n1]"
  - id: choose
    say:
      en: "Grace is {flags.controller-manager.node-monitor-grace-period}."
      zh: "宽限 {flags.controller-manager.node-monitor-grace-period}。"
    ask:
      id: which
      kind: choice
      text: {en: "Which?", zh: "哪个？"}
      explain: {en: "So it is.", zh: "就是这样。"}
      judge-after: mend
      options:
        - {id: back, en: back, zh: 回来, when: "n1.ready"}
        - {id: gone, en: gone, zh: 消失, misconception: 9, reply: {en: "Look again.", zh: "再看看。"}}
  - id: mend
    allow: [start-kubelet]
    task:
      text: {en: "Mend n1.", zh: "修好 n1。"}
      done: "n1.ready"
      hints: [{when: "n1.kubelet == 'stopped'", en: "It is down.", zh: "它停了。"}]
      solution: [{at: 1s, action: start-kubelet, target: n1}]
  - id: part
    ask:
      id: who
      kind: point
      text: {en: "Who noticed?", zh: "谁发现的？"}
      explain: {en: "So it is.", zh: "就是这样。"}
      parts: [controller-manager]
      traps: [{parts: [apiserver, etcd], reply: {en: "It only stores.", zh: "它只存储。"}}]
  - id: sort
    ask:
      id: order
      kind: order
      text: {en: "In which order?", zh: "什么顺序？"}
      explain: {en: "So it is.", zh: "就是这样。"}
      judge-after: sort
      items:
        - {id: ready, en: ready, zh: 就绪, moment: "node-ready-again[n1]"}
        - {id: stop, en: stop, zh: 停, moment: "action:stop"}
        - {id: lost, en: lost, zh: 失联, moment: "node-not-ready[n1]"}
  - id: think
    reflect: {en: "Why?", zh: "为什么？"}
"""


def lesson(*changes: tuple[str, str]) -> Lesson:
    """The small lesson with parts of its text replaced."""
    return load_lesson(changed(*changes))


def changed(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def run(found: Lesson, **profile: dict[str, str]) -> LessonRun:
    """A run that stands at the beginning."""
    named = {component.replace("_", "-"): values for component, values in profile.items()}
    return LessonRun(found, Cluster(scenario_of(found, profile=named)))
