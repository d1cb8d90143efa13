"""One word for one thing, in English and Chinese. A test holds the texts of lessons and pages to it."""

from typing import Final, NamedTuple


class Term(NamedTuple):
    """A word, what it means, and Chinese words that are not used for it."""

    en: str
    zh: str
    meaning_en: str
    meaning_zh: str
    instead_of: tuple[str, ...] = ()


GLOSSARY: Final = (
    Term("belief", "认知", "What the API server has on record.", "API server 里记录的内容。"),
    Term("reality", "实际", "What really runs on a machine.", "机器上实际运行的内容。", ("现实",)),
    Term(
        "heartbeat, report",
        "心跳，上报",
        "The kubelet's write that says: I am here.",
        "kubelet 写下的“我在”。",
    ),
    Term(
        "grace period of a node",
        "宽限期",
        "How long no report may come before a node is Unknown: 40 s, today 50 s.",
        "多久没有上报，节点就成为 Unknown：40 秒，现在 50 秒。",
    ),
    Term(
        "reprieve",
        "缓期",
        "The time from the last report to the eviction: 5 min in v1.7.",
        "从最后一次上报到驱逐的时间：v1.7 是 5 分钟。",
    ),
    Term(
        "mark",
        "标记",
        "A deletionTimestamp: to be deleted, not yet gone.",
        "deletionTimestamp：要删除，但还没消失。",
    ),
    Term("eviction", "驱逐", "Pods are marked because of their node.", "因为节点而标记它的 pod。"),
    Term(
        "replacement",
        "替代",
        "A new pod instead of a lost one; never the same.",
        "代替失去的新 pod，绝不是同一个。",
    ),
    Term(
        "reconcile",
        "调谐",
        "Compare what is with what should be, and act.",
        "比较现状与期望，然后行动。",
        ("协调循环",),
    ),
    Term("watch", "监视（watch）", "A stream of changes from the API server.", "API server 发来的变更流。"),
    Term(
        "cordon, uncordon",
        "不可调度（cordon），恢复调度（uncordon）",
        "The scheduler gives the node no new pods, or does again.",
        "调度器不再给节点新 pod，或又可以给。",
        ("封锁", "解封"),
    ),
    Term(
        "drain",
        "清空（drain）",
        "Cordon a node and evict its pods.",
        "让节点不可调度，并驱逐其上的 pod。",
        ("排空",),
    ),
    Term(
        "taint, toleration",
        "污点，容忍",
        "A node repels pods; a pod bears it, for a time.",
        "节点排斥 pod；pod 可以容忍一段时间。",
    ),
    Term("budget", "预算", "How many pods must stay while people disturb.", "人为中断时，至少要留多少 pod。"),
    Term("zone", "区域（zone）", "Nodes that may fail together.", "可能一起失效的一组节点。"),
    Term(
        "condition",
        "状况（condition）",
        "One true, false or unknown of an object's status.",
        "对象状态里的一项真、假或未知。",
    ),
    Term("endpoint", "endpoint", "An address behind a Service.", "Service 后面的一个地址。", ("端点",)),
    Term(
        "release",
        "版本",
        "A version of Kubernetes: v1.7, v1.8, v1.36.",
        "Kubernetes 的版本：v1.7、v1.8、v1.36。",
        ("发行版",),
    ),
    Term(
        "control plane",
        "控制平面",
        "API server, etcd, controllers, scheduler.",
        "API server、etcd、控制器、调度器。",
    ),
    Term(
        "data plane",
        "数据层",
        "The way of requests: rules in the kernel, containers.",
        "请求走的路：内核里的规则和容器。",
    ),
    Term("lesson, course", "课，课程", "One unit; all of them together.", "一次；全部合起来。"),
    Term("room code", "房间号", "Six characters by which one joins.", "加入用的六个字符。", ("房间代码",)),
)
