"""A training script that makes the calls timm's own train.py makes, on the command line it has, with no word of archc."""

import argparse
from pathlib import Path

import torch
from timm.data import create_dataset, create_loader, resolve_data_config
from timm.loss import LabelSmoothingCrossEntropy
from timm.models import create_model, load_checkpoint, safe_model_name
from timm.optim import create_optimizer_v2, optimizer_kwargs
from timm.utils import ModelEmaV3, accuracy

parser = argparse.ArgumentParser()
parser.add_argument("--data-dir", required=True)
parser.add_argument("--model", default="resnet50")
parser.add_argument("--pretrained", action="store_true")
parser.add_argument("--initial-checkpoint", default="")
parser.add_argument("--num-classes", type=int)
parser.add_argument("--gp", dest="global_pool")
parser.add_argument("--in-chans", type=int)
parser.add_argument("--input-size", type=int, nargs=3)
parser.add_argument("--drop", type=float, default=0.0)
parser.add_argument("--drop-path", type=float)
parser.add_argument("--drop-block", type=float)
parser.add_argument("--bn-momentum", type=float)
parser.add_argument("--bn-eps", type=float)
parser.add_argument("--head-init-scale", type=float)
parser.add_argument("--head-init-bias", type=float)
parser.add_argument("--grad-checkpointing", action="store_true")
parser.add_argument("--torchscript", action="store_true")
parser.add_argument("--channels-last", action="store_true")
parser.add_argument("--opt", default="sgd")
parser.add_argument("--lr", type=float, default=0.01)
parser.add_argument("--momentum", type=float, default=0.9)
parser.add_argument("--weight-decay", type=float, default=2e-5)
parser.add_argument("--layer-decay", type=float)
parser.add_argument("--model-ema", action="store_true")
parser.add_argument("--epochs", type=int, default=1)
parser.add_argument("-b", "--batch-size", type=int, default=4)
parser.add_argument("--workers", type=int, default=0)
parser.add_argument("--output", default="")


def main() -> None:
    args = parser.parse_args()
    torch.manual_seed(0)
    model = create_model(
        args.model,
        pretrained=args.pretrained,
        in_chans=args.in_chans or (args.input_size[0] if args.input_size else 3),
        num_classes=args.num_classes,
        drop_rate=args.drop,
        drop_path_rate=args.drop_path,
        drop_block_rate=args.drop_block,
        global_pool=args.global_pool,
        bn_momentum=args.bn_momentum,
        bn_eps=args.bn_eps,
        scriptable=args.torchscript,
        checkpoint_path=args.initial_checkpoint,
    )
    with torch.no_grad():
        if args.head_init_scale is not None:
            model.get_classifier().weight.mul_(args.head_init_scale)
        if args.head_init_bias is not None:
            torch.nn.init.constant_(model.get_classifier().bias, args.head_init_bias)
    if args.grad_checkpointing:
        model.set_grad_checkpointing(enable=True)
    config = resolve_data_config(vars(args), model=model)
    if args.channels_last:
        model.to(memory_format=torch.channels_last)
    if args.torchscript:
        model = torch.jit.script(model)
    optimizer = create_optimizer_v2(model, **optimizer_kwargs(cfg=args))
    ema = ModelEmaV3(model, decay=0.9) if args.model_ema else None
    data = {key: config[key] for key in ("input_size", "mean", "std", "interpolation", "crop_pct")}
    data |= {"batch_size": args.batch_size, "num_workers": args.workers, "use_prefetcher": False}
    train, validation = (create_dataset("", root=args.data_dir, split=split) for split in ("train", "validation"))
    batches = create_loader(train, is_training=True, **data)
    loss_of = LabelSmoothingCrossEntropy(smoothing=0.1)
    for epoch in range(args.epochs):
        model.train()
        for images, target in batches:
            optimizer.zero_grad()
            loss = loss_of(model(images), target)
            loss.backward()
            optimizer.step()
            if ema is not None:
                ema.update(model)
            print(f"epoch {epoch} loss {loss.item():.3f}")  # noqa: T201
    model.eval()
    with torch.no_grad():
        for images, target in create_loader(validation, is_training=False, **data):
            print(f"top-1 {accuracy(model(images), target)[0].item():.1f}")  # noqa: T201
    if args.output:
        saved = Path(args.output) / f"{safe_model_name(args.model)}.pth.tar"
        torch.save({"arch": args.model, "state_dict": model.state_dict(), "version": 2}, saved)
        load_checkpoint(model, str(saved))
        print(f"saved {len(model.state_dict())} tensors")  # noqa: T201


if __name__ == "__main__":
    main()
