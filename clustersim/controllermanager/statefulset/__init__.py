"""The StatefulSet controller: plan.py decides, controller.py acts."""
